//! The languages of descriptions.

use serde::{Serialize, Serializer};

use crate::terms::document::Title;

/// A language of descriptions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Chinese in simplified characters.
    Chinese,
}

impl Language {
    /// Finds a language by its ISO 639-1 code, `en` or `zh`.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::English, Self::Chinese].into_iter().find(|language| language.code() == code)
    }

    /// The ISO 639-1 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// The title in this language, if the document has one.
    pub fn title(self, title: &Title) -> Option<&str> {
        match self {
            Self::English => title.en.as_deref(),
            Self::Chinese => title.zh.as_deref(),
        }
    }
}

impl Serialize for Language {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}
