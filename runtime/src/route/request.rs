//! A handler's arguments: parameters of the path by name, everything else by axum's extractors.

use std::fmt;
use std::marker::PhantomData;

use axum::extract::{FromRequestParts, Path};
use futures_util::FutureExt;
use http::StatusCode;
use http::request::Parts;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::{Policy, Refusal, Routed, State};
use crate::upgrade::Upgrade;

/// A request on its way to a handler.
#[derive(Debug)]
pub struct Request<S> {
    parts: Parts,
    state: S,
    /// The pattern of the route.
    route: &'static str,
}

impl<S: State> Request<S> {
    pub(super) fn new(request: axum::extract::Request, state: S, route: &'static str) -> Self {
        Request { parts: request.into_parts().0, state, route }
    }

    /// The router's state.
    pub fn state(&self) -> &S {
        &self.state
    }

    /// Checks that the request asks for a WebSocket.
    pub async fn upgrade(&mut self) -> Result<Upgrade, Refusal> {
        Ok(self.extract::<Upgrade>().await?.on(self.route))
    }

    /// The same, where the route says what holds for its sockets.
    pub async fn upgrade_by(&mut self, mut policy: Policy) -> Result<Upgrade, Refusal> {
        if let Some(origins) = policy.origins.take() {
            self.parts.extensions.insert(origins);
        }
        Ok(policy.apply(self.upgrade().await?))
    }

    /// Runs an extractor.
    pub async fn extract<T: Extractor<S>>(&mut self) -> Result<T, Refusal> {
        T::from_request_parts(&mut self.parts, &self.state).await.map_err(Refusal::new)
    }

    /// Reads the path parameter number `INDEX` of the route `R`.
    pub fn parameter<T: PathParameter, R: Routed, const INDEX: usize>(&mut self) -> Result<T, Refusal> {
        // The router has left the values in the request: there is nothing to wait for.
        match Path::<Named<T, R, INDEX>>::from_request_parts(&mut self.parts, &()).now_or_never() {
            Some(Ok(Path(named))) => Ok(named.value),
            Some(Err(rejection)) => Err(Refusal::new(rejection)),
            None => Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR)),
        }
    }
}

/// What a handler can take from a request to a router whose state is `S`: every axum extractor that leaves the body
/// alone.
#[diagnostic::on_unimplemented(
    message = "a handler cannot get a `{Self}` from a request",
    label = "this route takes a `{Self}`, which is no `{{name}}` of its pattern and no extractor",
    note = "give the parameter the name that the pattern has, or take a type that implements axum's `FromRequestParts`"
)]
pub trait Extractor<S>: FromRequestParts<S> + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<S, T: FromRequestParts<S> + Send + 'static> Extractor<S> for T {}

/// What a parameter of a path can be read as: every type that implements serde's `Deserialize`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a path",
    label = "does not implement `Deserialize`",
    note = "take a `String`, a number, or a type of yours with `#[derive(serde::Deserialize)]`"
)]
pub trait PathParameter: DeserializeOwned + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned + Send + 'static> PathParameter for T {}

/// The value of the parameter number `INDEX` of the route `R`. Those of other names are not looked at: the route may be
/// nested under a path that has parameters of its own.
struct Named<T, R, const INDEX: usize> {
    value: T,
    route: PhantomData<fn(R)>,
}

impl<'de, T: Deserialize<'de>, R: Routed, const INDEX: usize> Deserialize<'de> for Named<T, R, INDEX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = deserializer.deserialize_map(ByName { name: R::PARAMETERS[INDEX], value: PhantomData })?;
        Ok(Named { value, route: PhantomData })
    }
}

struct ByName<T> {
    name: &'static str,
    value: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for ByName<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a path with a parameter `{}`", self.name)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut parameters: A) -> Result<T, A::Error> {
        let mut read = None;
        while let Some(name) = parameters.next_key::<String>()? {
            // Of two with the same name the route's own is the last, and the other one may well not be a `T`.
            if name == self.name {
                read = Some(parameters.next_value());
            } else {
                parameters.next_value::<IgnoredAny>()?;
            }
        }
        read.unwrap_or_else(|| Err(A::Error::missing_field(self.name)))
    }
}
