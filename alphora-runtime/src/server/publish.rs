//! placeholder
use crate::agent::{Agent, Fresh};
use crate::config::AgentConfig;
/// p
pub struct Publisher<A>(std::marker::PhantomData<A>);
/// p
pub fn publish<A: Agent + Fresh + Sync>(agent: A) -> Publisher<A> { drop(agent); Publisher(std::marker::PhantomData) }
/// p
pub fn publish_with<A: Agent, F: Fn(&RunContext) -> A + Send + Sync + 'static>(factory: F) -> Publisher<A> { drop(factory); Publisher(std::marker::PhantomData) }
/// c
pub struct RunContext;
impl<A: Agent> Publisher<A> {
    /// c
    #[must_use]
    pub fn config(self, config: AgentConfig<A>) -> Self { drop(config); self }
    /// s
    pub async fn serve(self) -> crate::Result { Ok(()) }
}
