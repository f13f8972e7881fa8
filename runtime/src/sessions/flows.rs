//! What this process knows of the conversations that it can go on with, when nobody is connected to them.

use std::any::{Any, type_name};
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Inner;
use crate::conversation::Conversation;
use crate::session;
use crate::store::Record;

/// How conversations go on, by the name of their flow.
#[derive(Default)]
pub(super) struct Flows(Mutex<BTreeMap<&'static str, Flow>>);

struct Flow {
    /// The name of the conversation's type, in full.
    ty: &'static str,
    go_on: Arc<GoOn>,
    /// An `Arc` of what it depends on.
    with: Box<dyn Any + Send + Sync>,
}

type GoOn = dyn Fn(Arc<Inner>, Record) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

impl Flows {
    /// What conversations of this kind depend on: the first that was known, for all of them.
    pub(super) fn with<C: Conversation>(&self, with: impl FnOnce() -> C::With) -> Arc<C::With> {
        let (name, ty) = (C::FLOW.name, type_name::<C>());
        let mut flows = self.lock();
        if let Some(Flow { ty: known, .. }) = flows.get(name).filter(|known| known.ty != ty) {
            tracing::error!("the conversations {known} and {ty} have one name: the latter goes on only with a client");
            return Arc::new(with());
        }
        let flow = flows.entry(name).or_insert_with(|| {
            let with = Arc::new(with());
            let known = Arc::clone(&with);
            let go_on: Arc<GoOn> =
                Arc::new(move |sessions, record| Box::pin(session::go_on::<C>(sessions, record, Arc::clone(&known))));
            Flow { ty, go_on, with: Box::new(with) }
        });
        Arc::clone(flow.with.downcast_ref().expect("it is of this type"))
    }

    /// The names of all that are known.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.lock().keys().copied().collect()
    }

    /// Goes on with a conversation, if it is of a kind that is known.
    pub(super) async fn go_on(&self, sessions: &Arc<Inner>, record: Record) {
        let go_on = self.lock().get(&*record.flow).map(|flow| Arc::clone(&flow.go_on));
        if let Some(go_on) = go_on {
            go_on(Arc::clone(sessions), record).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Flow>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Flows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.lock().keys()).finish()
    }
}
