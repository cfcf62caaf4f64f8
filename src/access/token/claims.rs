//! What a verified token says, checked against who issued it, for whom and when. Pure: the time is handed in.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::{ClaimNames, TokenRefused, TokenSettings};
use crate::access::caller::{CODE_BYTES_MAX, Caller, CallerParts, EmployeeId, KlePrefix};

/// Most roles, KLE ranges or scopes that a token may list.
const LIST_MAX: usize = 64;

/// The highest level of [DK] følsomhed.
const SENSITIVITY_LEVEL_MAX: u64 = 3;

/// The claims of a token whose signature is right.
#[derive(Debug)]
pub(super) struct Claims(pub(super) Map<String, Value>);

/// A claim that stands twice could mean one thing to the issuer's portal and another to us: such a token is refused (RFC 7519,
/// section 4, leaves the choice).
impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EachOnce;
        impl<'de> Visitor<'de> for EachOnce {
            type Value = Claims;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("claims, each of them once")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Claims, A::Error> {
                let mut claims = Map::new();
                while let Some((name, value)) = entries.next_entry::<String, Value>()? {
                    if claims.insert(name, value).is_some() {
                        return Err(A::Error::custom("a claim stands twice"));
                    }
                }
                Ok(Claims(claims))
            }
        }
        deserializer.deserialize_map(EachOnce)
    }
}

/// A moment in a token: what it means when it is passed or still to come.
pub(super) fn check_time(
    expires: Timestamp,
    begins: Option<Timestamp>,
    now: Timestamp,
    leeway: SignedDuration,
) -> Result<(), TokenRefused> {
    if now.duration_since(expires) >= leeway {
        return Err(TokenRefused::Expired);
    }
    if begins.is_some_and(|begins| begins.duration_since(now) > leeway) {
        return Err(TokenRefused::NotYetValid);
    }
    Ok(())
}

impl Claims {
    /// The caller, and the moment from which the token may be used.
    pub(super) fn caller(&self, settings: &TokenSettings) -> Result<(Caller, Option<Timestamp>), TokenRefused> {
        self.check_issuer(&settings.issuer)?;
        self.check_audience(&settings.audience)?;
        let expires = self.moment("exp")?.ok_or(TokenRefused::MissingClaim("exp"))?;
        // Not before it may be used, and not from the future: the later of the two counts.
        let begins = self.moment("nbf")?.max(self.moment("iat")?);
        let names = &settings.claims;
        let caller = Caller::new(CallerParts {
            employee: self.employee(names)?,
            department: self.code(&names.department)?,
            unit: self.code(&names.unit)?,
            roles: self.roles(names)?,
            kle: self.kle(names)?,
            sensitivity_max: self.sensitivity_max(names)?,
            client_id: self.code(&names.client_id)?,
            scope: self.list(&names.scope)?.unwrap_or_default(),
            token_expires: expires,
        });
        Ok((caller, begins))
    }

    /// A token that lives for long is of long use to whoever steals it. Counted from when it was issued; from now, where it
    /// does not say when.
    pub(super) fn check_lifetime(&self, settings: &TokenSettings, now: Timestamp) -> Result<(), TokenRefused> {
        let expires = self.moment("exp")?.ok_or(TokenRefused::MissingClaim("exp"))?;
        let issued = self.moment("iat")?.unwrap_or(now);
        let is_long = expires.duration_since(issued) > SignedDuration::from_secs(settings.lifetime_max_s.into());
        if is_long { Err(TokenRefused::TooLongLived) } else { Ok(()) }
    }

    fn check_issuer(&self, issuer: &str) -> Result<(), TokenRefused> {
        match self.get("iss") {
            Some(Value::String(text)) if text == issuer => Ok(()),
            Some(_) => Err(TokenRefused::WrongIssuer),
            None => Err(TokenRefused::MissingClaim("iss")),
        }
    }

    fn check_audience(&self, audience: &str) -> Result<(), TokenRefused> {
        let is_meant = match self.get("aud") {
            Some(Value::String(text)) => text == audience,
            Some(Value::Array(entries)) => entries.iter().any(|entry| entry == audience),
            Some(_) => false,
            None => return Err(TokenRefused::MissingClaim("aud")),
        };
        if is_meant { Ok(()) } else { Err(TokenRefused::WrongAudience) }
    }

    fn employee(&self, names: &ClaimNames) -> Result<EmployeeId, TokenRefused> {
        match self.get(&names.employee) {
            Some(Value::String(text)) => EmployeeId::parse(text).ok_or(TokenRefused::Malformed),
            Some(_) => Err(TokenRefused::Malformed),
            None => Err(TokenRefused::MissingClaim("employee")),
        }
    }

    /// No role at all is the same as no claim: nothing could be shown to such a caller.
    fn roles(&self, names: &ClaimNames) -> Result<Vec<String>, TokenRefused> {
        let roles = self.list(&names.roles)?.unwrap_or_default();
        if roles.is_empty() { Err(TokenRefused::MissingClaim("roles")) } else { Ok(roles) }
    }

    /// One range that cannot be read makes the token unreadable: the rest alone might mean something else.
    fn kle(&self, names: &ClaimNames) -> Result<Vec<KlePrefix>, TokenRefused> {
        let ranges = self.list(&names.kle)?.unwrap_or_default();
        ranges.iter().map(|range| KlePrefix::parse(range).ok_or(TokenRefused::Malformed)).collect()
    }

    fn sensitivity_max(&self, names: &ClaimNames) -> Result<Option<u8>, TokenRefused> {
        let level = match self.get(&names.sensitivity_max) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::String(text)) => text.parse().ok(),
            Some(_) => None,
        };
        let level = level.filter(|level| *level <= SENSITIVITY_LEVEL_MAX).and_then(|level| u8::try_from(level).ok());
        level.map(Some).ok_or(TokenRefused::Malformed)
    }

    /// A short text; an empty one is none.
    fn code(&self, name: &str) -> Result<Option<String>, TokenRefused> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => is_code(text).then(|| Some(text.clone())).ok_or(TokenRefused::Malformed),
            Some(_) => Err(TokenRefused::Malformed),
        }
    }

    /// A list of texts, or one text with spaces between.
    fn list(&self, name: &str) -> Result<Option<Vec<String>>, TokenRefused> {
        let entries: Vec<&str> = match self.get(name) {
            None => return Ok(None),
            Some(Value::String(text)) => text.split_whitespace().collect(),
            Some(Value::Array(entries)) => {
                let texts: Option<_> = entries.iter().map(Value::as_str).collect();
                texts.ok_or(TokenRefused::Malformed)?
            }
            Some(_) => return Err(TokenRefused::Malformed),
        };
        let is_short = entries.len() <= LIST_MAX && entries.iter().all(|entry| is_code(entry));
        is_short.then(|| Some(entries.into_iter().map(str::to_owned).collect())).ok_or(TokenRefused::Malformed)
    }

    /// Seconds since 1970, with or without a fraction (RFC 7519 `NumericDate`).
    fn moment(&self, name: &'static str) -> Result<Option<Timestamp>, TokenRefused> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let moment = value.as_i64().and_then(|seconds| Timestamp::from_second(seconds).ok()).or_else(|| {
            let seconds = SignedDuration::try_from_secs_f64(value.as_f64()?).ok()?;
            Timestamp::from_duration(seconds).ok()
        });
        moment.map(Some).ok_or(TokenRefused::Malformed)
    }

    /// A claim; `null` and the empty text are as good as none, and so is a claim whose name is not configured.
    fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null() && value.as_str() != Some(""))
    }
}

fn is_code(text: &str) -> bool {
    !text.is_empty() && text.len() <= CODE_BYTES_MAX && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settings() -> TokenSettings {
        TokenSettings::new("https://issuer.example", "glasplade")
    }

    fn claims(change: impl FnOnce(&mut Value)) -> Claims {
        let mut claims = json!({
            "iss": "https://issuer.example", "aud": "glasplade", "exp": 2_000_000_000, "sub": "AZ10002",
            "roles": ["caseworker"],
        });
        change(&mut claims);
        Claims(claims.as_object().expect("an object").clone())
    }

    fn refused(change: impl FnOnce(&mut Value)) -> TokenRefused {
        claims(change).caller(&settings()).expect_err("a refusal")
    }

    #[test]
    fn the_least_that_a_token_must_say_is_enough() {
        let (caller, begins) = claims(|_| {}).caller(&settings()).expect("a caller");
        assert_eq!(caller.employee().as_str(), "az10002");
        assert_eq!((caller.department(), caller.unit(), caller.sensitivity_max()), (None, None, None));
        assert_eq!((caller.token_expires().as_second(), begins), (2_000_000_000, None));
    }

    #[test]
    fn lists_may_be_texts_with_spaces_between() {
        let claims = claims(|claims| {
            claims["roles"] = json!("caseworker leader");
            claims["kle"] = json!(["27", "29"]);
            claims["scope"] = json!("overview.read");
            claims["aud"] = json!(["other", "glasplade"]);
            claims["sensitivity_max"] = json!("2");
            claims["exp"] = json!(2_000_000_000.5);
        });
        let (caller, _) = claims.caller(&settings()).expect("a caller");
        assert!(caller.has_role("caseworker") && caller.has_role("leader"));
        assert!(caller.covers_kle("27.24.00") && !caller.covers_kle("15"));
        assert_eq!((caller.scope(), caller.sensitivity_max()), (&["overview.read".to_owned()][..], Some(2)));
    }

    #[test]
    fn what_must_be_there_is_missed_by_our_name_for_it() {
        for (claim, name) in [("iss", "iss"), ("aud", "aud"), ("exp", "exp"), ("sub", "employee"), ("roles", "roles")] {
            let without = refused(|claims| drop(claims.as_object_mut().expect("an object").remove(claim)));
            assert_eq!(without, TokenRefused::MissingClaim(name));
            assert_eq!(refused(|claims| claims[claim] = Value::Null), TokenRefused::MissingClaim(name));
        }
        assert_eq!(refused(|claims| claims["roles"] = json!([])), TokenRefused::MissingClaim("roles"));
    }

    #[test]
    fn claims_of_a_wrong_shape_are_refused() {
        for (claim, value) in [
            ("sub", json!(7)),
            ("sub", json!("0101900000")),
            ("roles", json!([7])),
            ("roles", json!({"a": 1})),
            ("kle", json!(["27", "all"])),
            ("sensitivity_max", json!(4)),
            ("sensitivity_max", json!(-1)),
            ("unit", json!(["UUJ"])),
            ("unit", json!("a\u{0}b")),
            ("client_id", json!("x".repeat(200))),
            ("scope", json!("a ".repeat(65))),
            ("exp", json!("2000000000")),
            ("exp", json!(1e300)),
            ("nbf", json!(true)),
        ] {
            assert_eq!(refused(|claims| claims[claim] = value.clone()), TokenRefused::Malformed, "{claim}: {value}");
        }
    }

    #[test]
    fn another_issuer_or_audience_is_refused_however_it_is_written() {
        for value in [json!("https://issuer.example/"), json!(["https://issuer.example"]), json!(1)] {
            assert_eq!(refused(|claims| claims["iss"] = value), TokenRefused::WrongIssuer);
        }
        for value in [json!("Glasplade"), json!(["other"]), json!([]), json!(1), json!({"glasplade": 1})] {
            assert_eq!(refused(|claims| claims["aud"] = value), TokenRefused::WrongAudience);
        }
    }

    #[test]
    fn a_life_is_counted_from_the_issue_or_from_now() {
        let at = |second| Timestamp::from_second(second).expect("a moment");
        let now = at(2_000_000_000 - 86_400);
        assert_eq!(claims(|_| {}).check_lifetime(&settings(), now), Ok(()));
        assert_eq!(claims(|_| {}).check_lifetime(&settings(), at(1_999_913_599)), Err(TokenRefused::TooLongLived));
        let issued = |second| claims(|claims| claims["iat"] = json!(second)).check_lifetime(&settings(), now);
        assert_eq!(issued(1_999_913_600), Ok(()));
        assert_eq!(issued(1_999_913_599), Err(TokenRefused::TooLongLived), "however little of it is left");
        let endless = claims(|claims| claims["exp"] = json!(253_402_200_000_i64));
        assert_eq!(endless.check_lifetime(&settings(), now), Err(TokenRefused::TooLongLived));
    }

    #[test]
    fn a_claim_that_stands_twice_is_no_claim() {
        for text in [r#"{"aud":"other","aud":"glasplade"}"#, r#"{"aud":"glasplade","a\u0075d":"other"}"#, "[]", "7"] {
            assert!(serde_json::from_str::<Claims>(text).is_err(), "{text}");
        }
        assert!(serde_json::from_str::<Claims>(r#"{"aud":"glasplade","iss":"i"}"#).is_ok());
    }

    #[test]
    fn times_are_kept_to_the_second_within_the_leeway() {
        let at = |second| Timestamp::from_second(second).expect("a moment");
        let leeway = SignedDuration::from_secs(30);
        let check = |now, begins: Option<i64>| check_time(at(1_000), begins.map(at), at(now), leeway);
        assert_eq!(check(1_029, None), Ok(()));
        assert_eq!(check(1_030, None), Err(TokenRefused::Expired));
        assert_eq!(check(900, Some(930)), Ok(()));
        assert_eq!(check(900, Some(931)), Err(TokenRefused::NotYetValid));
    }
}
