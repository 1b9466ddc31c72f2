//! What people and programs may do in their account. Nobody sees another account at all.

use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Error;

/// A role: each includes the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Content manager: also changes what is played.
    Content,
    /// Also changes screens, tokens, people and the account.
    Admin,
}

/// What a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// To read anything that is no secret.
    View,
    /// To change content, playlists, layouts and schedules.
    EditContent,
    /// To put content on air: to publish a draft, or to approve what others have drafted. An account may keep it
    /// from content managers.
    Publish,
    /// To change screens, their tokens and their authorization.
    ManageScreens,
    /// To change people, API tokens and the account, and to read the audit log.
    ManageAccount,
}

impl Role {
    /// Every role, least first.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Content, Self::Admin];

    /// Whether the role includes a right.
    pub const fn may(self, right: Right) -> bool {
        matches!(
            (self, right),
            (Self::Admin, _)
                | (Self::Content, Right::View | Right::EditContent | Right::Publish)
                | (Self::Viewer, Right::View)
        )
    }

    /// For people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Content => "content manager",
            Self::Admin => "admin",
        }
    }

    /// The stored form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Content => "content",
            Self::Admin => "admin",
        }
    }
}

impl FromStr for Role {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| Error::Invalid(format!("{text:?} is no role; use viewer, content or admin")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_includes_the_ones_before() {
        let all =
            [Right::View, Right::EditContent, Right::Publish, Right::ManageScreens, Right::ManageAccount];
        for pair in Role::ALL.windows(2) {
            assert!(all.iter().all(|right| !pair[0].may(*right) || pair[1].may(*right)));
        }
        assert!(!Role::Content.may(Right::ManageScreens));
        assert!(Role::ALL.iter().all(|role| role.as_str().parse::<Role>().unwrap() == *role));
    }
}
