//! When a failed attempt is made again.

use jiff::SignedDuration;

use crate::store::DeliveryId;

/// After the first failure.
const FIRST: SignedDuration = SignedDuration::from_secs(30);
/// Between any two attempts at most, jitter aside.
const LONGEST: SignedDuration = SignedDuration::from_mins(30);

/// The wait after `attempts` failed ones: 30 s, 1 min, 2 min, … 30 min, and up to a fifth of that on top, which
/// differs from delivery to delivery so that they do not all come back at once.
#[must_use]
pub fn wait(attempts: i64, delivery: DeliveryId) -> SignedDuration {
    let (_, _, _, tail) = delivery.0.as_fields();
    delay(attempts, tail[7])
}

/// The same for any delivery; `spread` 0 is none on top, 255 nearly a fifth.
fn delay(attempts: i64, spread: u8) -> SignedDuration {
    let doublings = u32::try_from((attempts - 1).clamp(0, 6)).unwrap_or(6);
    let wait = (FIRST * 2_i32.pow(doublings)).min(LONGEST);
    wait + wait / 1_280 * i32::from(spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_half_a_minute_to_half_an_hour() {
        let waits: Vec<i64> = (1..=9).map(|attempts| delay(attempts, 0).as_secs()).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1_800, 1_800, 1_800]);
        assert_eq!(delay(0, 0).as_secs(), 30);
        assert_eq!(delay(i64::MAX, 0).as_secs(), 1_800);
    }

    #[test]
    fn jitter_adds_less_than_a_fifth_and_tells_deliveries_apart() {
        assert_eq!(delay(1, 128).as_millis(), 33_000);
        assert_eq!(delay(7, 255).as_millis(), 2_158_593);
        let with_tail = |tail: u128| DeliveryId(uuid::Uuid::from_u128(tail));
        assert_eq!(wait(1, with_tail(0)).as_millis(), 30_000);
        assert_eq!(wait(1, with_tail(128)).as_millis(), 33_000);
    }
}
