//! What a token says about a caller.

use std::any::type_name;
use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};

/// What the JSON Web Token that has signed a request says about its caller; its signature and its times have been
/// checked. It is a detail of the [`Principal`](super::Principal).
///
/// ```
/// use alphora_runtime::principal::{Claims, Principal};
/// use serde_json::json;
///
/// let said = json!({ "sub": "u-17", "name": "Zhang San", "roles": ["editor"] });
/// # let said = said.as_object().cloned().unwrap_or_default();
/// let principal = Principal::new("u-17").with_detail(Claims::new(said));
///
/// // In an agent, `principal` is `request.principal()`.
/// let claims = principal.detail::<Claims>().unwrap();
/// assert_eq!(claims.get::<Vec<String>>("roles")?, Some(vec!["editor".to_owned()]));
/// assert_eq!(claims.get::<String>("plan")?, None);
///
/// #[derive(serde::Deserialize)]
/// struct User { name: String }
/// assert_eq!(claims.read::<User>()?.name, "Zhang San");
/// # Ok::<(), alphora_runtime::Error>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// These claims, for an authentication of one's own and for tests of an agent.
    pub fn new(claims: Map<String, Value>) -> Self {
        Self(claims)
    }

    /// One claim, if it is there.
    ///
    /// # Errors
    /// [`ErrorKind::Other`]: it is there and is no `T`.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        // Not in the parser's words, which may repeat the value.
        let wrong =
            |_| Error::new(ErrorKind::Other, format!("the claim `{name}` is no `{}`", type_name::<T>()));
        self.0.get(name).map(T::deserialize).transpose().map_err(wrong)
    }

    /// All claims as a type of one's own.
    ///
    /// # Errors
    /// [`ErrorKind::Other`]: they are not a `T`.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        let wrong = |_| Error::new(ErrorKind::Other, format!("the claims are no `{}`", type_name::<T>()));
        T::deserialize(&self.0).map_err(wrong)
    }
}

/// Their names only: what they say is about a person.
impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Claims")?;
        f.debug_list().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_does_not_fit_is_not_repeated() {
        let said = json!({ "plan": "canary", "seats": 3 }).as_object().cloned().unwrap();
        let claims = Claims::new(said);
        assert_eq!(claims.get::<u32>("seats").unwrap(), Some(3));
        let error = claims.get::<u32>("plan").unwrap_err().to_string();
        assert_eq!(error, "the claim `plan` is no `u32`");
        assert_eq!(
            claims.read::<Vec<u8>>().unwrap_err().to_string(),
            "the claims are no `alloc::vec::Vec<u8>`"
        );
        assert_eq!(format!("{claims:?}"), r#"Claims["plan", "seats"]"#);
    }
}
