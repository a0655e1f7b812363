//! Reading a list in pages: a cursor names the last row seen, so that nothing is skipped or shown twice while
//! others write.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition};
use uuid::Uuid;

/// Which part of a list is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Only what follows this row.
    pub after: Option<Cursor>,
    /// At most so many.
    pub limit: u64,
}

/// A place in a list of one order. Its text is opaque to those who get it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    order: String,
    key: String,
    id: Uuid,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
}

impl Cursor {
    /// The place of the row with this sort key and id.
    #[must_use]
    pub fn new(order: &str, key: &str, id: Uuid) -> Self {
        Self { order: order.to_owned(), key: key.to_owned(), id }
    }

    /// The sort key of the row.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The opaque text.
    #[must_use]
    pub fn write(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{}\n{}\n{}", self.order, self.id, self.key))
    }

    /// Reads what [`Cursor::write`] wrote for a list of the same order; `None` for anything else.
    #[must_use]
    pub fn read(text: &str, order: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut parts = text.splitn(3, '\n');
        let own = parts.next().filter(|own| *own == order)?;
        let id = parts.next()?.parse().ok()?;
        Some(Self::new(own, parts.next()?, id))
    }
}

/// The rows behind the cursor in a list sorted by `key`, then by `id`: one comparison of pairs, so that an index on
/// both leads straight to the page however deep it is.
pub(super) fn behind<C: ColumnTrait>(cursor: Option<&Cursor>, key: C, id: C, descending: bool) -> Condition {
    let Some(Cursor { key: text, id: last, .. }) = cursor else { return Condition::all() };
    let here = Expr::tuple([Expr::col(key), Expr::col(id)]);
    let there = Expr::tuple([Expr::value(text.as_str()), Expr::value(*last)]);
    Condition::all().add(if descending { here.lt(there) } else { here.gt(there) })
}

/// Cuts off the row that was fetched beyond the limit only to learn whether there is a next page.
pub(super) fn cut<R>(mut rows: Vec<R>, limit: u64, place: impl Fn(&R) -> Cursor) -> (Vec<R>, Option<Cursor>) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = if more { rows.last().map(place) } else { None };
    (rows, next)
}
