//! What follows from the fields of one row: when it runs, whether it sells, who leads it.

use super::{Row, RowKind};
use crate::need;
use crate::rule::Lack;
use crate::run_sheet::Span;

impl Row {
    /// When it runs.
    ///
    /// # Errors
    /// Its start or its duration, if missing.
    pub fn span(&self) -> Result<Span, Lack> {
        let start_seconds = need!(self.start_seconds).get();
        Ok(Span { start_seconds, end_seconds: start_seconds + need!(self.duration_seconds).get() })
    }

    /// Whether it is there to sell its product.
    #[must_use]
    pub fn sells(&self) -> bool {
        self.kind.is_some_and(RowKind::sells)
    }

    /// Whether viewers are drawn in.
    #[must_use]
    pub fn interacts(&self) -> bool {
        self.kind.is_some_and(RowKind::interacts) || self.interaction.is_some()
    }

    /// Who leads it, unless it is a rest or nobody said what it is.
    #[must_use]
    pub fn led_by(&self) -> Option<&str> {
        self.kind.filter(|kind| *kind != RowKind::Rest).and(self.host.as_deref())
    }
}

impl RowKind {
    const fn sells(self) -> bool {
        match self {
            Self::Product | Self::FlashSale => true,
            Self::Opening
            | Self::Interaction
            | Self::Giveaway
            | Self::Recap
            | Self::Buffer
            | Self::Rest
            | Self::Closing => false,
        }
    }

    const fn interacts(self) -> bool {
        match self {
            Self::Interaction | Self::Giveaway => true,
            Self::Opening
            | Self::Product
            | Self::FlashSale
            | Self::Recap
            | Self::Buffer
            | Self::Rest
            | Self::Closing => false,
        }
    }
}
