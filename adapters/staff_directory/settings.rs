//! What configuration says about one staff directory beyond its address.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::{Uuid, uuid};

use crate::register::BuildError;
use crate::sts::Security;

/// Settings of `kind = "staff_directory"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// How calls are signed.
    pub(super) security: Security,
    /// The municipality's own organisation in the directory. Without it, users of every organisation that we may see
    /// are searched.
    #[schemars(with = "Option<String>")]
    pub(super) organisation: Option<Uuid>,
    /// Which role of an address is what.
    pub(super) roles: Roles,
    /// Which kind of function is what.
    pub(super) functions: Functions,
    /// Ask for leaders too: one more search for each unit.
    pub(super) leaders: bool,
    /// Most objects in one list call; 1–1000.
    pub(super) batch_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            security: Security::default(),
            organisation: None,
            roles: Roles::default(),
            functions: Functions::default(),
            leaders: true,
            batch_max: 50,
        }
    }
}

/// A role of an address. The UUID decides; labels are optional on the wire and differ between environments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    /// The role.
    #[schemars(with = "String")]
    pub(super) uuid: Uuid,
    /// Labels that count where the role's UUID is none of those in this list of roles; upper and lower case are one.
    #[serde(default)]
    pub(super) labels: Vec<String>,
}

impl Role {
    fn of(uuid: Uuid, labels: &[&str]) -> Self {
        Self { uuid, labels: labels.iter().map(|label| (*label).to_owned()).collect() }
    }
}

/// Which role of an address is what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Roles {
    /// A user's e-mail.
    pub(super) user_email: Role,
    /// A user's mobile number.
    pub(super) user_mobile: Role,
    /// A user's landline.
    pub(super) user_landline: Role,
    /// A unit's number.
    pub(super) unit_phone: Role,
    /// A unit's landline: used where it has no other number.
    pub(super) unit_landline: Role,
    /// A unit's mailbox.
    pub(super) unit_email: Role,
}

/// [DK] Email bruger.
pub(super) const USER_EMAIL: Uuid = uuid!("5d13e891-162a-456b-abf2-fd9b864df96d");
/// [DK] Mobiltelefon bruger.
pub(super) const USER_MOBILE: Uuid = uuid!("5ef6be2d-59f4-4652-a680-585929924ba9");
/// A user's landline.
pub(super) const USER_LANDLINE: Uuid = uuid!("47c05422-5379-4c27-9ddf-e02b52b3d961");
/// A unit's number.
pub(super) const UNIT_PHONE: Uuid = uuid!("8dcfa714-5ed3-4000-b551-2ba520e7d8ad");
/// A unit's landline.
pub(super) const UNIT_LANDLINE: Uuid = uuid!("02826f64-5613-468e-ace5-3f089cb3ed20");
/// A unit's mailbox.
pub(super) const UNIT_EMAIL: Uuid = uuid!("2b670843-ce42-411a-8fb5-311dfdd5caf0");
/// Kind of function: a position.
pub(super) const POSITION: Uuid = uuid!("02e61900-33e0-407f-a2a7-22f70221f003");
/// Kind of function: a manager.
pub(super) const MANAGER: Uuid = uuid!("46c73630-f7ad-4000-9624-c06131cde671");

impl Default for Roles {
    fn default() -> Self {
        Self {
            user_email: Role::of(USER_EMAIL, &["Email_bruger", "Bruger.Adresse.email"]),
            user_mobile: Role::of(USER_MOBILE, &["Mobiltelefon_bruger", "Bruger.Adresse.Telefon"]),
            user_landline: Role::of(USER_LANDLINE, &[]),
            unit_phone: Role::of(UNIT_PHONE, &[]),
            unit_landline: Role::of(UNIT_LANDLINE, &[]),
            unit_email: Role::of(UNIT_EMAIL, &[]),
        }
    }
}

impl Roles {
    /// Some role here has this UUID.
    pub(super) fn knows(&self, uuid: Uuid) -> bool {
        self.all().iter().any(|role| role.uuid == uuid)
    }

    fn all(&self) -> [&Role; 6] {
        [
            &self.user_email,
            &self.user_mobile,
            &self.user_landline,
            &self.unit_phone,
            &self.unit_landline,
            &self.unit_email,
        ]
    }
}

/// Which kind of function is what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Functions {
    /// [DK] ansættelse, stilling.
    #[schemars(with = "String")]
    pub(super) position: Uuid,
    /// [DK] leder.
    #[schemars(with = "String")]
    pub(super) manager: Uuid,
    /// [DK] stedfortræder: a local kind, if the municipality has one. Without it nobody has a stand-in.
    #[schemars(with = "Option<String>")]
    pub(super) stand_in: Option<Uuid>,
}

impl Default for Functions {
    fn default() -> Self {
        Self { position: POSITION, manager: MANAGER, stand_in: None }
    }
}

/// The longest list that public clients are seen to send.
const BATCH_MAX: usize = 1_000;

impl Settings {
    /// What parsing alone does not see.
    ///
    /// # Errors
    /// [`BuildError::Settings`], naming the field.
    pub(super) fn check(self) -> Result<Self, BuildError> {
        let wrong = |what: &str| Err(BuildError::Settings(what.to_owned()));
        if self.security == Security::Idws {
            return wrong("`security` = \"idws\" is not built yet; use \"none\" behind a gateway that signs");
        }
        if self.batch_max == 0 || self.batch_max > BATCH_MAX {
            return wrong("`batch_max` lies between 1 and 1000");
        }
        let roles = self.roles.all();
        if roles.iter().enumerate().any(|(at, role)| roles[..at].iter().any(|other| other.uuid == role.uuid)) {
            return wrong("two `roles` have one UUID");
        }
        let Functions { position, manager, stand_in } = self.functions;
        if position == manager || stand_in.is_some_and(|stand_in| stand_in == position || stand_in == manager) {
            return wrong("two `functions` have one UUID");
        }
        Ok(self)
    }
}

/// What is known not to work, one sentence each.
pub(super) fn warnings(settings: &serde_json::Value) -> Vec<String> {
    let Ok(settings) = Settings::deserialize(settings) else { return Vec::new() };
    let security = match settings.security {
        Security::None => {
            "Calls to the staff directory are not signed (`security` = \"none\"): right for the fakes and behind a gateway that signs, refused by the directory itself."
        }
        Security::Idws => "`security` = \"idws\" is not built yet: the staff directory will not start.",
    };
    let stand_in =
        settings.functions.stand_in.is_none().then_some(
            "The staff directory has no kind of function for stand-ins (`functions.stand_in`): nobody has one.",
        );
    [Some(security), stand_in].into_iter().flatten().map(str::to_owned).collect()
}
