//! Keeps what a caller still sends until the answer is out. The server would go on reading a chunked body that
//! everybody dropped, without end; a body that somebody holds makes it close the connection instead.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::HttpMessage as _;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::web::Bytes;
use futures_util::Stream;

/// The body of a request, shared by its reader and whoever keeps it.
#[derive(Clone)]
pub(super) struct Kept(Rc<RefCell<Payload>>);

impl Kept {
    /// Shares the body of a request.
    pub(super) fn of(request: &mut ServiceRequest) -> Self {
        let kept = Self(Rc::new(RefCell::new(request.take_payload())));
        request.set_payload(Payload::Stream { payload: Box::pin(kept.clone()) });
        kept
    }

    /// Keeps the body until this answer is out.
    pub(super) fn until_sent(self, answer: BoxBody) -> BoxBody {
        BoxBody::new(Answer { answer, _kept: self })
    }
}

impl Stream for Kept {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

struct Answer {
    answer: BoxBody,
    _kept: Kept,
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
        Pin::new(&mut self.answer).poll_next(context)
    }
}
