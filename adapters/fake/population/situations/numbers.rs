//! The numbers of the named citizens. All fail modulus 11; only Ole's date is on the CPR office's list.

/// Situation 1.
pub const CLAUS: &str = "1405049979";
/// Situation 2: the mother.
pub const AMINA: &str = "0903889980";
/// Situation 2: her eldest.
pub const YASIN: &str = "2106119979";
/// Situation 2: the child with a children's case.
pub const SARA: &str = "1702159980";
/// Situation 2: her youngest.
pub const ADAM: &str = "0309209979";
/// Situation 2: the father, who lives elsewhere.
pub const KARIM: &str = "1207859979";
/// Situation 3.
pub const BENT: &str = "2304699979";
/// Situation 4.
pub const SIGNE: &str = "2804099980";
/// Situation 4: her mother.
pub const SIGNE_MOTHER: &str = "0411799978";
/// Situation 4: her father.
pub const SIGNE_FATHER: &str = "2202779979";
/// Situation 5: the younger.
pub const MIKKEL: &str = "1108169979";
/// Situation 5: the elder.
pub const FREJA: &str = "3003119980";
/// Situation 5: the mother, who says yes.
pub const MAJA: &str = "2505869980";
/// Situation 5: the father, who says no.
pub const RASMUS: &str = "1312849979";
/// Situation 6.
pub const LONE: &str = "1506829978";
/// Situation 6: her former husband, the employee behind `caseworker-jobcenter`.
pub const MICHAEL: &str = "2602809979";
/// Situation 7: the employee behind `benefit-officer`.
pub const HENRIK: &str = "0810909979";
/// Situation 8: the number in force, with a leading zero.
pub const YUSUF: &str = "0702979979";
/// Situation 8: the replacement number before it (day + 60).
pub const YUSUF_FORMER: &str = "6702979979";
/// Situation 9: the one.
pub const JENS_A: &str = "1809639979";
/// Situation 9: the other.
pub const JENS_B: &str = "1809639977";
/// Situation 10.
pub const KIRSTEN: &str = "2705759980";
/// Situation 11.
pub const TOM: &str = "1608939979";
/// Situation 12: the citizen with 872 cases; born on a listed date.
pub const OLE: &str = "0101659979";
/// Situation 12: known to health and care only.
pub const INGRID: &str = "1204449980";

/// In the register alone: dead.
pub const ERIK: &str = "0803509979";
/// In the register alone: emigrated.
pub const NADIA: &str = "1705929980";
/// In the register alone: disappeared, which is not dead.
pub const VIGGO: &str = "1309589979";
/// In the register alone: her protection has ended.
pub const BODIL: &str = "2206679980";
/// In the register alone: no fixed address, uncertain birthday.
pub const HASSAN: &str = "0107799979";
/// In the register alone: Ida's father, Gudrun's guardian.
pub const KNUD: &str = "2511839979";
/// In the register alone: her mother has a name and no number.
pub const IDA: &str = "0605149980";
/// In the register alone: Noah's mother.
pub const LEYLA: &str = "1902919980";
/// In the register alone: of his father only an empty element is known.
pub const NOAH: &str = "1209189979";
/// In the register alone: the number in force.
pub const RUTH: &str = "0404859980";
/// In the register alone: Ruth's earlier number, whose answer holds the numbers and nothing more.
pub const RUTH_FORMER: &str = "6404859980";
/// In the register alone: an answer that holds his number and nothing more.
pub const OTTO: &str = "3009729979";
/// In the register alone: has a guardian.
pub const GUDRUN: &str = "0912399980";

/// Who lives here to show what a register can say, and has no case anywhere.
pub const REGISTER_ONLY: &[&str] =
    &[ERIK, NADIA, VIGGO, BODIL, HASSAN, KNUD, IDA, LEYLA, NOAH, RUTH, RUTH_FORMER, OTTO, GUDRUN];

/// Handle, number in force, one Danish sentence: what the demo prints beside its `curl` lines.
pub const NAMED: &[(&str, &str, &str)] = &[
    ("claus", CLAUS, "Ung med jobplan, kontanthjælp, behandling og snart en plads på forsorgshjem."),
    ("amina", AMINA, "Mere end otte år på ydelser under tre navne; virksomhedspraktik."),
    ("yasin", YASIN, "Aminas ældste, kun kendt af skolen."),
    ("sara", SARA, "Aminas datter med en børnesag; fælles forældremyndighed."),
    ("adam", ADAM, "Aminas yngste, uden sager."),
    ("karim", KARIM, "Børnenes far, som bor et andet sted."),
    ("bent", BENT, "Behandling, forsorgshjem og elleve år uden arbejde; har sagt nej til deling."),
    ("signe", SIGNE, "17½ år med handicap; myndigheden flytter fra børn til unge."),
    ("mikkel", MIKKEL, "10 år; forældrene er uenige om samtykke, og der er en underretning."),
    ("freja", FREJA, "15 år, Mikkels søster."),
    ("lone", LONE, "Krisecenter og navne- og adressebeskyttelse; sagen er skærmet i indekset."),
    ("henrik", HENRIK, "Selv ansat i kommunen og på sygedagpenge."),
    ("yusuf", YUSUF, "Havde et erstatningsnummer før sit personnummer."),
    ("jens-a", JENS_A, "Den ene af to med samme navn og fødselsdag."),
    ("jens-b", JENS_B, "Den anden af to med samme navn og fødselsdag."),
    ("kirsten", KIRSTEN, "Ny sagsbehandler siden mandag; kilderne er uenige."),
    ("tom", TOM, "Bor i en anden kommune, mens Aarhus er handlekommune."),
    ("ole", OLE, "872 sager, de fleste afsluttede."),
    ("ingrid", INGRID, "Kun kendt af Sundhed og Omsorg."),
];
