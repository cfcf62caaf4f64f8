//! `persondata`, in the order of the schema.

use jiff::civil::Date;
use jiff::{SpanRound, Unit};

use crate::contract::danish_time_zone;
use crate::fake::World;
use crate::fake::population::{GuardianRow, Person, ProtectionRow, Sex};
use crate::persons::wire::Version;
use crate::transport::soap::Node;

/// What one answer is told from.
pub(super) struct Told<'a> {
    pub(super) world: &'a World,
    pub(super) person: &'a Person,
    /// The number looked up, which may be an earlier one.
    pub(super) number: &'a str,
    pub(super) today: Date,
    pub(super) version: Version,
}

/// What the register announces as a stub: no adapter may show it.
pub(super) const STUB: &str = "Opdigtet stub";
/// [DK] landekode for Danmark.
const DENMARK: &str = "5100";

impl Told<'_> {
    /// The numbers and the one mandatory element.
    pub(super) fn thin(&self) -> Node {
        self.numbers().with(Node::text("antalBoernUnder18", "0"))
    }

    fn numbers(&self) -> Node {
        Node::new("persondata")
            .with(Node::text("personnummer", self.number))
            .with(Node::text("gaeldendePersonnummer", self.person.cpr.as_str()))
    }

    /// All of it.
    pub(super) fn person_data(&self) -> Node {
        let Self { person, .. } = self;
        let register = &person.register;
        let sex = if person.sex == Sex::K { "K" } else { "M" };
        let disappeared = register.status_since.filter(|_| person.status == 70);
        let has_two_homes = register.shared_residence.filter(|_| self.version == Version::Five);
        let told_protection = |flag| ProtectionRow { from: None, to: None, flag: Some(flag) };
        let protection = register.protection.clone().or_else(|| person.protected.map(told_protection));
        self.numbers()
            .with(name(person))
            .with(uncertain_day("foedselsdato", person.born, register.born_uncertain))
            .with(Node::text("alder", years(person.born, self.today).to_string()))
            .with(Node::text("koen", sex))
            .with(Node::text("antalBoernUnder18", self.young_children().to_string()))
            .with_all(has_two_homes.map(|_| Node::text("DeltBopælMarkering", "true")))
            .with_all(has_two_homes.map(|day| Node::text("DeltBopælStartDato", moment(day))))
            .with(self.status())
            .with_all(
                person
                    .civil_status
                    .as_deref()
                    .filter(|code| *code != "D")
                    .map(|_| Node::new("separation").with(Node::text("separeret", "false"))),
            )
            .with_all(
                person
                    .civil_status
                    .as_ref()
                    .map(|code| Node::new("civilstand").with(Node::text("civilstand", code.as_str()))),
            )
            .with(citizenship())
            .with_all(register.guardian.as_ref().map(|guardian| self.guardianship(guardian)))
            .with_all(disappeared.map(|day| uncertain_moment("forsvindingsdato", day)))
            .with_all(protection.map(|row| protected("adressebeskyttelse", &row)))
            // Neither of these two is protection of name and address.
            .with(protected("vejviserbeskyttelse", &told_protection(person.protected == Some(false))))
            .with(protected("markedsfoeringsbeskyttelse", &told_protection(true)))
            .with(Node::text("tilmeldtNemsms", "false"))
            .with(Node::text("tilmeldtDigitalpost", "true"))
    }

    fn status(&self) -> Node {
        let Self { person, .. } = self;
        // A number that another one has replaced is a changed one, whatever has become of the person.
        let code = if person.cpr == self.number { person.status } else { 60 };
        let since = person.died.or(person.register.status_since).unwrap_or(person.born);
        Node::new("status").with(Node::text("status", code.to_string())).with(uncertain_moment("statusdato", since))
    }

    /// Children under 18 who live in a Danish or Greenlandic register.
    fn young_children(&self) -> usize {
        let child = |cpr: &String| self.world.person(cpr);
        let counts = |child: &&Person| matches!(child.status, 1 | 3 | 5 | 7) && years(child.born, self.today) < 18;
        self.person.children.iter().filter_map(child).filter(counts).count()
    }

    fn guardianship(&self, row: &GuardianRow) -> Node {
        let extent = row.full.filter(|_| self.version == Version::Five);
        let extent = extent.map(|full| Node::text("VærgemålType", if full { "FULD" } else { "DELVIS" }));
        let kind = if row.number.is_some() { "1" } else { "0" };
        Node::new("umyndiggoerelse")
            .with(Node::text("umyndiggorelseRelationType", kind))
            .with_all(row.number.as_ref().map(|number| Node::text("relationPersonnummer", number.as_str())))
            .with(Node::text("relationStartdato", row.since.to_string()))
            .with_all(row.name.as_ref().map(|name| Node::text("relationVaergenavn", name.as_str())))
            .with_all(extent)
            .with(uncertain_day("umyndiggoerelseStartdato", row.since, false))
            .with(Node::text("umyndiggjort", "true"))
    }
}

fn name(person: &Person) -> Node {
    let (first, middle) = person.given_name.split_once(' ').unwrap_or((person.given_name.as_str(), ""));
    Node::new("navn")
        .with(Node::text("personadresseringsnavn", person.full_name()))
        .with(Node::text("fornavn", first))
        .with_all((!middle.is_empty()).then(|| Node::text("mellemnavn", middle)))
        .with(Node::text("efternavn", person.family_name.as_str()))
        .with(uncertain_moment("navnestartdato", person.born))
}

fn citizenship() -> Node {
    Node::new("statsborgerskab")
        .with(Node::text("landekode", DENMARK))
        .with(Node::text("landekodeMyndighedsnavn", STUB))
}

fn protected(name: &'static str, row: &ProtectionRow) -> Node {
    Node::new(name)
        .with_all(row.from.map(|day| Node::text("startdato", day.to_string())))
        .with_all(row.to.map(|day| Node::text("slutdato", day.to_string())))
        .with_all(row.flag.map(|flag| Node::text("beskyttet", flag.to_string())))
}

/// Whole years; they go on after death, as in the register.
fn years(from: Date, today: Date) -> i64 {
    let rounding =
        SpanRound::new().largest(Unit::Year).smallest(Unit::Year).mode(jiff::RoundMode::Trunc).relative(from);
    from.until(today).and_then(|span| span.round(rounding)).map_or(0, |span| i64::from(span.get_years()))
}

/// A date that may be marked as uncertain.
pub(super) fn uncertain_day(name: &'static str, day: Date, uncertain: bool) -> Node {
    Node::new(name)
        .with(Node::text("dato", day.to_string()))
        .with_all(uncertain.then(|| Node::text("usikkerhedsmarkering", "*")))
}

/// A moment: Danish midnight of a day.
pub(super) fn uncertain_moment(name: &'static str, day: Date) -> Node {
    Node::new(name).with(Node::text("dato", moment(day)))
}

fn moment(day: Date) -> String {
    let local = day.at(0, 0, 0, 0);
    let zoned = local.to_zoned(danish_time_zone().clone());
    zoned.map_or_else(|_| local.to_string(), |zoned| zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
}
