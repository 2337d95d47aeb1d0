//! The faults that there are.

use serde::{Deserialize, Serialize};

/// A way to misbehave. The ids of the panel are these names in camelCase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Fault {
    /// Stores and answers another value for one answer of a QuestionnaireResponse.
    AlterAnswer,
    /// Stores and answers another value for one leaf: anything but the root's `resourceType` and `id`, and
    /// `meta.versionId`, `lastUpdated` and `source`.
    AlterLeaf {
        /// The leaf's FHIRPath, such as `QuestionnaireResponse.item[0].answer[0].value.code`; by lot without it.
        #[serde(default)]
        path: Option<String>,
    },
    /// Stores and answers without one answered item.
    DropAnswer,
    /// Stores and answers a decimal with other text of the same value: `72.50` as `72.5`.
    ChangeDecimalText,
    /// Stores and answers the members of every object in reverse order, which is no change in FHIR.
    Reorder,
    /// Answers without a body.
    NoBody,
    /// Answers without `Location` and `ETag`.
    NoLocation,
    /// Stores, then answers 500.
    Status500,
    /// Answers 500 without having stored.
    Status500Before,
    /// Answers this status without having stored.
    Refuse {
        /// The HTTP status, 304 or 400 to 599.
        status: u16,
        /// `Retry-After`, in seconds.
        #[serde(default)]
        retry_after: Option<u32>,
    },
    /// Answers this status without a word of FHIR and without having stored, as what stands before a server does.
    Gateway {
        /// The HTTP status: 400 to 599 of a gateway, 200 of a captive portal.
        status: u16,
        /// With a web page; otherwise with nothing.
        #[serde(default)]
        page: bool,
    },
    /// Stores, then ends the connection without an answer.
    NoAnswer,
    /// Resets the connection without having stored.
    ResetBefore,
    /// Answers with half of the body, then ends the connection.
    Truncate,
    /// Stores, then answers with the right status and headers and a body that no client of FHIR reads, as what stands before
    /// a server and rewrites its answers does.
    Unreadable {
        /// What is wrong with it.
        #[serde(default)]
        body: Unreadable,
        /// `Location` instead of the right one.
        #[serde(default)]
        location: Option<String>,
    },
    /// Answers a search with nothing found, as a server does whose index is behind.
    FindsNothing,
    /// Answers a search with a next page that is the same again.
    FindsNoEnd,
    /// Answers with another id in the body than the one stored.
    WrongId,
    /// Answers with a resource of another type than the one stored.
    WrongType,
    /// Answers a write with what it was sent, as a gateway does that knows no better; with a fault that changes what is stored,
    /// only a read shows that.
    Echo,
    /// Answers a create as if it had stored what it was sent, and keeps nothing of it.
    Forget,
    /// Answers a few bytes at a time.
    SlowDrip {
        /// How many bytes at once.
        #[serde(default = "Fault::drip_bytes")]
        bytes: u32,
        /// How long between them, in milliseconds.
        #[serde(default = "Fault::drip_pause")]
        every_milliseconds: u32,
    },
    /// Takes its time before anything else happens, as a busy server does.
    Late {
        /// How long, in milliseconds.
        #[serde(default = "Fault::late_milliseconds")]
        milliseconds: u32,
    },
}

/// What makes a body unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Unreadable {
    /// A web page instead.
    #[default]
    WebPage,
    /// The resource, said to be of a type that is not FHIR's.
    OtherType,
    /// The resource after 40 MiB of white space.
    TooLong,
    /// The resource with an octet that is not UTF-8.
    NotUtf8,
    /// The resource, said to be compressed.
    Compressed,
}

/// Which requests a fault meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum On {
    /// Create, update and delete.
    #[default]
    Write,
    /// Read, version read, history and search.
    Read,
    /// Search alone.
    Search,
    /// Read, version read and history.
    Fetch,
    /// All of them.
    Any,
}

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Write,
    Search,
    Read,
}

/// A fault that waits for requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Armed {
    /// What happens.
    #[serde(flatten)]
    pub fault: Fault,
    /// How many requests it meets.
    #[serde(default = "Armed::once")]
    pub times: u32,
    /// The resource type it waits for; `*` for any.
    #[serde(default = "Armed::usual_type")]
    pub resource_type: String,
    /// The requests it waits for. Faults that change what is stored meet writes only.
    #[serde(default)]
    pub on: On,
    /// Decides which answer or leaf is changed. Without it, the first answer, or any leaf by lot.
    #[serde(default)]
    pub seed: Option<u64>,
    /// Only requests whose body, or without one whose query, contains this text. Faults that change what is stored meet any.
    #[serde(default)]
    pub about: Option<String>,
}

impl Fault {
    /// One of each, with their usual parameters.
    pub fn all() -> [Self; 23] {
        [
            Self::AlterAnswer,
            Self::AlterLeaf { path: None },
            Self::DropAnswer,
            Self::ChangeDecimalText,
            Self::Reorder,
            Self::NoBody,
            Self::NoLocation,
            Self::Status500,
            Self::Status500Before,
            Self::Refuse { status: 503, retry_after: Some(1) },
            Self::Gateway { status: 404, page: true },
            Self::NoAnswer,
            Self::ResetBefore,
            Self::Truncate,
            Self::Unreadable { body: Unreadable::WebPage, location: None },
            Self::FindsNothing,
            Self::FindsNoEnd,
            Self::WrongId,
            Self::WrongType,
            Self::Echo,
            Self::Forget,
            Self::SlowDrip { bytes: Self::drip_bytes(), every_milliseconds: Self::drip_pause() },
            Self::Late { milliseconds: Self::late_milliseconds() },
        ]
    }

    /// Those that a trainer is offered, in the panel's order. The others are for tests of delivery.
    pub fn trainers() -> [Self; 7] {
        [
            Self::AlterAnswer,
            Self::AlterLeaf { path: None },
            Self::DropAnswer,
            Self::ChangeDecimalText,
            Self::NoBody,
            Self::Status500,
            Self::NoAnswer,
        ]
    }

    /// The fault of that id, with its usual parameters.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::all().into_iter().find(|fault| fault.id() == id)
    }

    /// Its id in the panel.
    pub fn id(&self) -> &'static str {
        match self {
            Self::AlterAnswer => "alterAnswer",
            Self::AlterLeaf { .. } => "alterLeaf",
            Self::DropAnswer => "dropAnswer",
            Self::ChangeDecimalText => "changeDecimalText",
            Self::Reorder => "reorder",
            Self::NoBody => "noBody",
            Self::NoLocation => "noLocation",
            Self::Status500 => "status500",
            Self::Status500Before => "status500Before",
            Self::Refuse { .. } => "refuse",
            Self::Gateway { .. } => "gateway",
            Self::NoAnswer => "noAnswer",
            Self::ResetBefore => "resetBefore",
            Self::Truncate => "truncate",
            Self::Unreadable { .. } => "unreadable",
            Self::FindsNothing => "findsNothing",
            Self::FindsNoEnd => "findsNoEnd",
            Self::WrongId => "wrongId",
            Self::WrongType => "wrongType",
            Self::Echo => "echo",
            Self::Forget => "forget",
            Self::SlowDrip { .. } => "slowDrip",
            Self::Late { .. } => "late",
        }
    }

    /// Whether the stored resource itself becomes another, so that every later read shows it.
    pub fn changes_what_is_stored(&self) -> bool {
        matches!(
            self,
            Self::AlterAnswer
                | Self::AlterLeaf { .. }
                | Self::DropAnswer
                | Self::ChangeDecimalText
                | Self::Reorder
        )
    }

    fn drip_bytes() -> u32 {
        64
    }

    fn drip_pause() -> u32 {
        250
    }

    fn late_milliseconds() -> u32 {
        1000
    }
}

impl Armed {
    /// The fault for the next `times` writes of a QuestionnaireResponse.
    pub fn new(fault: Fault, times: u32) -> Self {
        Self { fault, times, resource_type: Self::usual_type(), on: On::Write, seed: None, about: None }
    }

    /// The same for another resource type; `*` for any.
    #[must_use]
    pub fn for_type(mut self, resource_type: &str) -> Self {
        resource_type.clone_into(&mut self.resource_type);
        self
    }

    /// The same for other requests.
    #[must_use]
    pub fn on(mut self, on: On) -> Self {
        self.on = on;
        self
    }

    /// The same with its choice fixed.
    #[must_use]
    pub fn seeded(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The same for requests alone whose body, or without one whose query, contains this text.
    #[must_use]
    pub fn about(mut self, text: &str) -> Self {
        self.about = Some(text.to_owned());
        self
    }

    /// Whether it waits for a request with this body.
    pub(super) fn is_about(&self, body: &[u8]) -> bool {
        let Some(text) = self.about.as_deref().filter(|text| !text.is_empty()) else { return true };
        body.windows(text.len()).any(|part| part == text.as_bytes())
    }

    pub(super) fn applies(&self, resource_type: &str, asked: Asked) -> bool {
        let kind = match self.on {
            On::Write => asked == Asked::Write,
            On::Read => asked != Asked::Write,
            On::Search => asked == Asked::Search,
            On::Fetch => asked == Asked::Read,
            On::Any => true,
        };
        self.times > 0 && kind && (self.resource_type == "*" || self.resource_type == resource_type)
    }

    fn once() -> u32 {
        1
    }

    fn usual_type() -> String {
        "QuestionnaireResponse".to_owned()
    }
}
