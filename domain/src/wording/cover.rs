//! Places of a text in which nothing is found, such as the occurrences of an exception.

use std::ops::Range;

/// Parts of a normal form, ready to say whether one of them holds another part.
#[derive(Clone, Debug, Default)]
pub(super) struct Cover {
    /// Starts in rising order, each with the furthest end of all parts that start there or before.
    furthest: Vec<(usize, usize)>,
}

impl Cover {
    /// The cover made of these parts.
    pub(super) fn of(mut parts: Vec<Range<usize>>) -> Self {
        parts.sort_by_key(|part| part.start);
        let mut furthest = 0;
        let reach = |part: Range<usize>| {
            furthest = furthest.max(part.end);
            (part.start, furthest)
        };
        Self { furthest: parts.into_iter().map(reach).collect() }
    }

    /// Whether one of the parts holds `inner` from end to end.
    pub(super) fn holds(&self, inner: &Range<usize>) -> bool {
        // Of the parts that do not start behind it, the one that ends last decides.
        let before = self.furthest.partition_point(|(start, _)| *start <= inner.start);
        before.checked_sub(1).is_some_and(|last| self.furthest[last].1 >= inner.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_must_hold_all_of_it() {
        let cover = Cover::of(vec![10..14, 0..9, 2..5]);
        for inside in [0..9, 3..4, 4..9, 10..14] {
            assert!(cover.holds(&inside), "{inside:?}");
        }
        for outside in [8..10, 9..11, 13..15, 0..10, 20..21] {
            assert!(!cover.holds(&outside), "{outside:?}");
        }
        assert!(!Cover::default().holds(&(0..1)));
    }
}
