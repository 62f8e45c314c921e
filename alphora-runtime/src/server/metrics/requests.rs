//! What is counted of requests: by their route, their method and the class of their answer.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use http::{Method, StatusCode};

use super::number::Counter;

/// The methods that are told apart; any other is the last one.
const METHODS: [&str; 5] = ["GET", "POST", "DELETE", "OPTIONS", "other"];

/// The classes of answers: those of HTTP, and none, where the client has left before there was one.
const CLASSES: [&str; 6] = ["none", "1xx", "2xx", "3xx", "4xx", "5xx"];

/// The numbers of one route.
#[derive(Debug, Default)]
pub(in crate::server) struct RouteMetrics {
    counts: [[Counter; CLASSES.len()]; METHODS.len()],
}

impl RouteMetrics {
    /// Counts a request that was answered with `status`, or not at all.
    pub(in crate::server) fn count(&self, method: &Method, status: Option<StatusCode>) {
        let method = METHODS.iter().position(|known| method == known).unwrap_or(METHODS.len() - 1);
        let class = status.map_or(0, |status| usize::from(status.as_u16() / 100));
        if let Some(counter) = self.counts.get(method).and_then(|classes| classes.get(class)) {
            counter.increment();
        }
    }

    /// The method, the class and how many there were of it, where there were any.
    #[cfg(feature = "metrics")]
    pub(super) fn get(&self) -> impl Iterator<Item = (&'static str, &'static str, u64)> {
        let by_method = METHODS.into_iter().zip(&self.counts);
        by_method
            .flat_map(|(method, counts)| {
                CLASSES.into_iter().zip(counts).map(move |(class, counter)| (method, class, counter.get()))
            })
            .filter(|(_, _, count)| *count > 0)
    }
}

/// The routes that have been asked for, by the templates of their paths. There are as many as the router has.
#[derive(Debug, Default)]
pub(super) struct Routes(RwLock<BTreeMap<String, Arc<RouteMetrics>>>);

impl Routes {
    /// The numbers of the route with this template.
    pub(super) fn of(&self, template: &str) -> Arc<RouteMetrics> {
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(template) {
            return known.clone();
        }
        let mut routes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        routes.entry(template.to_owned()).or_default().clone()
    }

    /// All of them, in order.
    #[cfg(feature = "metrics")]
    pub(super) fn all(&self) -> Vec<(String, Arc<RouteMetrics>)> {
        let routes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        routes.iter().map(|(template, route)| (template.clone(), route.clone())).collect()
    }
}
