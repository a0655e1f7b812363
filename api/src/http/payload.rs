//! Keeps what a caller still sends until the answer is out. The server would go on reading a chunked body that
//! everybody dropped, without end; a body that somebody holds makes it close the connection instead. The answer goes
//! out in pieces.

use std::any::Any;
use std::cell::RefCell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::HttpMessage as _;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;

use super::work::Place;

/// Most bytes of a body that are handed to the connection at once.
const PIECE: usize = 32 * 1024;

/// The body of a request, shared by its reader and whoever keeps it.
#[derive(Clone)]
pub(super) struct Kept {
    payload: Rc<RefCell<Payload>>,
    /// Left while the body is waited for.
    place: Option<Rc<Place>>,
}

impl Kept {
    /// Shares the body of a request that has this place among those worked on.
    pub(super) fn of(request: &mut ServiceRequest, place: Option<Rc<Place>>) -> Self {
        let kept = Self { payload: Rc::new(RefCell::new(request.take_payload())), place };
        request.set_payload(Payload::Stream { payload: Box::pin(kept.clone()) });
        kept
    }

    /// Keeps the body, and what else lasts as long, until this answer is out. The place, and the room for what was
    /// read of the body, are free from now on.
    pub(super) fn until_sent(self, answer: BoxBody, lasting: impl Any) -> BoxBody {
        if let Some(place) = &self.place {
            place.end();
        }
        BoxBody::new(Answer { answer, rest: Bytes::new(), _kept: self, _lasting: Box::new(lasting) })
    }
}

impl Stream for Kept {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut *self.payload.borrow_mut()).poll_next(context);
        match (&polled, &self.place) {
            (Poll::Pending, Some(place)) => place.leave(),
            (Poll::Ready(_), Some(place)) => {
                if !place.come_back() {
                    return Poll::Ready(Some(Err(PayloadError::Io(io::ErrorKind::ResourceBusy.into()))));
                }
            }
            (Poll::Pending | Poll::Ready(_), None) => {}
        }
        polled
    }
}

/// The body of an answer, in pieces: the connection copies a whole piece for a reader who takes nothing.
struct Answer {
    answer: BoxBody,
    /// What is left of the piece the operation gave.
    rest: Bytes,
    _kept: Kept,
    _lasting: Box<dyn Any>,
}

impl MessageBody for Answer {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.answer.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        // An empty piece would end an answer of unknown length.
        while self.rest.is_empty() {
            match ready!(Pin::new(&mut self.answer).poll_next(context)) {
                Some(Ok(piece)) => self.rest = piece,
                end => return Poll::Ready(end),
            }
        }
        let length = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(self.rest.split_to(length))))
    }
}
