//! A caller that a server has recognised.

use std::any::{Any, TypeId, type_name};
use std::fmt;
use std::sync::Arc;

use super::Limits;

/// Who has signed a request. A clone is a pointer.
///
/// It has the name under which logs and metrics know it, the owner whose sessions and runs it may use, its limits,
/// and whatever an authentication of one's own adds. It holds no secret.
///
/// ```
/// use alphora_runtime::principal::{Limits, Principal};
///
/// #[derive(Debug, Clone, PartialEq)]
/// struct Customer { plan: &'static str }
///
/// let principal = Principal::new("shop-frontend")
///     .with_owner("shop")
///     .with_limits(Limits { runs: Some(4), ..Limits::default() })
///     .with_detail(Customer { plan: "gold" });
/// assert_eq!((principal.name(), principal.owner()), ("shop-frontend", "shop"));
/// assert_eq!(principal.detail::<Customer>(), Some(&Customer { plan: "gold" }));
/// ```
#[derive(Clone)]
pub struct Principal(Arc<Known>);

#[derive(Clone)]
struct Known {
    name: Box<str>,
    owner: Option<Box<str>>,
    limits: Limits,
    agents: Option<Arc<[String]>>,
    reads_metrics: bool,
    details: Vec<Detail>,
}

#[derive(Clone)]
struct Detail {
    id: TypeId,
    type_name: &'static str,
    value: Arc<dyn Any + Send + Sync>,
}

impl Principal {
    /// A caller of this name, who owns sessions under the same name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(Arc::new(Known {
            name: name.into().into_boxed_str(),
            owner: None,
            limits: Limits::default(),
            agents: None,
            reads_metrics: false,
            details: Vec::new(),
        }))
    }

    /// Several callers of one owner share sessions and runs.
    #[must_use]
    pub fn with_owner(mut self, owner: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.0).owner = Some(owner.into().into_boxed_str());
        self
    }

    /// What this caller may ask for; what it says nothing about, the server's configuration decides.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        Arc::make_mut(&mut self.0).limits = limits;
        self
    }

    /// The published names of the only agents that this caller may use. Without it, all of them.
    #[must_use]
    pub fn with_agents(mut self, agents: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Arc::make_mut(&mut self.0).agents = Some(agents.into_iter().map(Into::into).collect());
        self
    }

    /// Whether this caller may read the server's metrics. Default `false`.
    #[must_use]
    pub fn with_metrics(mut self, may_read: bool) -> Self {
        Arc::make_mut(&mut self.0).reads_metrics = may_read;
        self
    }

    /// Adds a value of a type of one's own, which the agent gets back by [`detail`](Self::detail); one of each type.
    #[must_use]
    pub fn with_detail<T: Any + Send + Sync>(mut self, value: T) -> Self {
        let detail = Detail { id: TypeId::of::<T>(), type_name: type_name::<T>(), value: Arc::new(value) };
        let known = Arc::make_mut(&mut self.0);
        known.details.retain(|known| known.id != detail.id);
        known.details.push(detail);
        self
    }

    /// The name under which logs and metrics know the caller.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Whose sessions and runs the caller may use.
    pub fn owner(&self) -> &str {
        self.0.owner.as_deref().unwrap_or(&self.0.name)
    }

    /// What the caller may ask for.
    pub fn limits(&self) -> Limits {
        self.0.limits
    }

    /// Whether the caller may use the agent of this published name.
    pub fn may_use(&self, agent: &str) -> bool {
        self.0.agents.as_ref().is_none_or(|agents| agents.iter().any(|known| known == agent))
    }

    /// Whether the caller may read the server's metrics.
    pub fn may_read_metrics(&self) -> bool {
        self.0.reads_metrics
    }

    /// The value of type `T` that the authentication has added.
    pub fn detail<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.0.details.iter().find_map(|detail| detail.value.downcast_ref())
    }
}

/// Details by their types only: their values may be anything.
impl fmt::Debug for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details: Vec<_> = self.0.details.iter().map(|detail| detail.type_name).collect();
        f.debug_struct("Principal")
            .field("name", &self.name())
            .field("owner", &self.owner())
            .field("limits", &self.limits())
            .field("agents", &self.0.agents)
            .field("details", &details)
            .finish_non_exhaustive()
    }
}

/// Callers are equal when they have the same name and the same owner.
impl PartialEq for Principal {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name() && self.owner() == other.owner()
    }
}

impl Eq for Principal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_owns_under_its_name_unless_it_says_otherwise() {
        assert_eq!(Principal::new("a").owner(), "a");
        assert_eq!(Principal::new("a").with_owner("b").owner(), "b");
    }

    #[test]
    fn agents_are_all_or_those_that_are_named() {
        assert!(Principal::new("a").may_use("any"));
        let one = Principal::new("a").with_agents(["support"]);
        assert!(one.may_use("support") && !one.may_use("desk"));
    }

    #[test]
    fn a_detail_is_found_by_its_type_and_not_shown() {
        let principal =
            Principal::new("a").with_detail(7_u32).with_detail(8_u32).with_detail("canary".to_owned());
        assert_eq!((principal.detail(), principal.detail::<u64>()), (Some(&8_u32), None));
        assert!(!format!("{principal:?}").contains("canary"));
    }
}
