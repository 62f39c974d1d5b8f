"""Words that tell a process from a plain list: verbs, list nouns, orders everybody learns.

They are classes of English, not words of certain pages: a base verb may open a command, a noun
like "types" announces points in no order, and some vocabularies (the phases of mitosis) are
taught in one order only.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Base forms that open an instruction ("Draw the triangle"). Nouns of the same spelling
# ("Release of ...") are told apart by what follows.
VERBS = _words(
    """
    access acquire activate add adjust align allocate allow analyze analyse announce answer apply
    appoint approach approve arrange articulate ask assemble assess assign assume attach attend
    avoid backup bake balance begin block boil book boot brainstorm break bring build calculate
    calibrate call cancel capture carry categorize change charge check choose cite clarify
    classify clean clear click close code collaborate collect combine come communicate compare
    compile complete compose compute conclude conduct configure confirm connect consider
    construct consult contact continue convert cook cool copy count cover create cross customize
    cut debug decide declare decompose define delete deliver derive describe design detect
    determine develop diagnose differentiate dilute discard disconnect discuss display dissolve
    distribute divide document download draft drag draw dry duplicate edit eliminate employ
    enable encourage engage enhance enroll ensure enter establish estimate evaluate examine
    exclude execute exit expand explain explore export express extract factor familiarize fetch file
    fill filter finalize find finish fix focus fold follow form formulate foster gather generate
    get give go graph greet group handle have heat hold identify ignore implement import improve
    include incorporate increase incubate indicate inform initialize initiate insert inspect install
    integrate interpret introduce invert investigate involve isolate iterate join keep label
    launch learn leave let leverage limit link list listen load locate log look maintain make
    manage map mark match measure meet merge mix model modify monitor mount move multiply name
    navigate negotiate normalize note notify observe obtain offer open optimize order organize
    outline paraphrase participate pass paste pause pay perform pick place plan plot plug
    position pour practice predict prepare present press prevent print prioritize produce promote
    prompt proofread propose prove provide publish pull push put quantify raise reach read
    rearrange reassess recall receive recognize record rectify reduce refine reflect register
    reject relate release remove rename repeat replace report represent request research resolve
    respond restart return review revise rewrite rinse rotate round run sample save scale scan
    schedule screen scroll seal search seek select send separate set settle share show sign
    simplify sketch solve sort specify split spread sprinkle stain stand start state stay step
    stop store strengthen structure study submit substitute subtract sum summarize support
    suppose switch synthesize tailor take tap target tell test track train transfer transform
    translate transport traverse treat try turn type understand unscrew update upload use
    utilize validate verify view visit visualize wait warm wash watch wear weigh write
    """
)

# Commands of advice: what one may always do, in no order.
ADVICE_VERBS = _words(
    """
    avoid collaborate communicate consider employ encourage engage enhance ensure explore focus
    foster improve incorporate increase integrate involve leverage limit maintain manage optimize
    participate practice prioritize promote provide recognize reduce reflect research seek stay
    strengthen support tailor understand use utilize
    """
)

# Commands that begin or end something, so that a list which has both at its ends is one run.
FIRST_VERBS = _words(
    """
    access ask assemble assess assume begin choose collect count create decide define describe
    determine draw establish find gather identify initialize insert launch list locate log obtain
    open pick plan prepare read recognize register select set start state understand visit write
    """
)
LAST_VERBS = _words(
    """
    calculate check complete conclude confirm convert document
    evaluate export express finalize finish interpret iterate monitor place
    preview print publish read record repeat report review revise save share simplify solve
    store submit summarize test update validate verify write
    """
)

PLAIN_NOUNS = (
    "types|kinds|categories|forms|benefits|advantages|disadvantages|drawbacks|pros|cons|factors"
    "|components|elements|differences|similarities|distinctions|examples|characteristics|features"
    "|traits|roles?|challenges|strateg(?:y|ies)|ways|aspects|effects?|impacts?|implications"
    "|consequences|causes|reasons|symptoms|signs|functions|principles|concepts|properties|methods"
    "|approach(?:es)?|techniques|tools|resources|significance|importance|applications|uses"
    "|considerations|provisions|works|figures|rules|guidelines|tips|practices|measures"
    "|recommendations|theories|models|themes|topics|areas|points|key ideas|arguments|criteria"
    "|requirements|qualifications|indicators|insights|limitations|misconceptions|contributions"
    "|responsibilities|skills|qualities|dimensions|structures|parts|sources|options|questions"
)

# Nouns of things that happen, as the steps of a mechanism are named ("Fusion of ...").
EVENTS = _words(
    """
    absorption accumulation acidification action activation addition adhesion approval arrival
    ascent assembly attachment binding bonding breakdown bromination calcination carbonation
    carboxylation chlorination cleavage closing closure collection combustion compression
    condensation contraction conversion cooling creation crystallisation crystallization
    cyclization decarboxylation decay decomposition degradation dehydration dehydrogenation
    delivery departure depolarisation depolarization deposition deprotonation descent detection
    differentiation diffusion digestion discharge dissociation dissolution distillation ejection
    elimination elongation entry esterification evaporation excitation excretion execution
    expansion extraction fermentation fertilisation fertilization filing filtration fixation
    folding formation fusion generation germination growth heating hydration hydrogenation
    hydrolysis implantation inflow influx ingestion initiation insertion inspection integration
    invasion ionisation ionization isomerization ligation loading maturation metabolism
    methylation migration mixing movement neutralisation neutralization nitration nucleation
    opening outflow outgrowth oxidation payment phosphorylation polymerisation polymerization
    pouring precipitation preparation processing proliferation propagation protonation
    purification reabsorption rearrangement recognition recombination reduction registration
    relaxation release removal repair replication repolarisation repolarization request resolution
    resorption review saponification secretion selection separation sintering solidification
    sporulation stimulation sublimation submission substitution synthesis tautomerization
    termination transcription transfer translation translocation transmission transport triggering
    unwinding uptake
    """
)

_AFTER_EVENT = _words("of to into in by with from through across and at on")

# What always comes in this order. Each entry is the beginning of a word of a title.
ORDERS: tuple[tuple[str, ...], ...] = (
    ("interphase", "prophase", "prometaphase", "metaphase", "anaphase", "telophase", "cytokines"),
    ("lag", "log", "exponential", "stationary", "death"),
    ("initiat", "promoter", "elongat", "propagat", "terminat"),
    ("transcri", "process", "splic", "translat", "fold"),
    ("denatur", "anneal", "exten"),
    ("glycolysis", "pyruvate", "citric", "electron", "oxidative"),
    ("glycolysis", "krebs", "electron"),
    ("hemosta", "inflammat", "prolifer", "remodel", "matur"),
    ("prolifer", "migrat", "differentiat", "synap"),
    ("fertiliz", "zygote", "cleavage", "morula", "blastocyst", "gastrula", "neurula", "organogen"),
    ("fertiliz", "implant", "embryon", "fetal", "birth"),
    ("egg", "larva", "pupa", "adult"),
    ("attach", "penetrat", "uncoat", "replicat", "assembl", "release"),
    ("attach", "entry", "uncoat", "replicat", "assembl", "budd"),
    ("depolar", "repolar", "hyperpolar", "resting"),
    ("menstrua", "prolifer", "follicular", "ovulat", "secret", "luteal"),
    ("ingest", "digest", "absor", "assimilat", "excret", "eliminat"),
    ("evaporat", "condens", "precipit", "runoff", "infiltrat"),
    ("weather", "erosion", "transport", "deposit", "compact", "cement"),
    ("nebula", "protostar", "main", "red", "planetary", "white"),
    ("infan", "toddler", "early", "childhood", "adolescen", "adulthood", "old"),
    ("sensorimotor", "preoperation", "concrete", "formal"),
    ("preconventional", "conventional", "postconventional"),
    ("precontempl", "contempl", "prepar", "action", "mainten", "relapse"),
    ("denial", "anger", "bargain", "depress", "accept"),
    ("form", "storm", "norm", "perform", "adjourn"),
    ("encod", "consolidat", "storage", "retriev"),
    ("attention", "retention", "reproduction", "motivation"),
    ("aware", "interest", "evaluat", "trial", "adopt"),
    ("attention", "interest", "desire", "action"),
    ("introduc", "growth", "matur", "decline"),
    ("expan", "peak", "contract", "recession", "trough", "recover"),
    ("exposition", "rising", "climax", "falling", "resolution"),
    ("brainstorm", "outlin", "draft", "revis", "edit", "publish"),
    ("prewriting", "draft", "revis", "edit", "proofread", "publish"),
    ("assess", "diagnos", "plan", "implement", "evaluat"),
    ("initiat", "plan", "execut", "monitor", "clos"),
    ("plan", "analy", "design", "implement", "develop", "test", "deploy", "mainten"),
    ("analy", "design", "develop", "implement", "evaluat"),
    ("identif", "generat", "evaluat", "select", "implement", "monitor"),
    ("observ", "question", "hypothes", "experiment", "data", "analy", "conclu", "report"),
    ("collect", "clean", "explor", "model", "interpret", "report"),
    ("base", "inductive", "conclusion"),
    ("lexical", "syntax", "semantic", "intermediate", "optimiz", "code"),
    ("fetch", "decode", "execute", "write"),
    ("sampl", "quantiz", "encod"),
    ("arrest", "arraign", "trial", "verdict", "sentenc", "appeal"),
    ("introduct", "committee", "debate", "vote", "assent"),
    ("prepar", "mitigat", "response", "recover"),
    ("unfreez", "chang", "refreez"),
)


def names_event(title: str) -> bool:
    """Whether *title* names something that happens: "Fusion of ...", "Ion Channel Opening"."""
    words = title.partition(" (")[0].split()
    if not words:
        return False
    if words[0] in EVENTS:
        return len(words) == 1 or words[1] in _AFTER_EVENT
    return len(words) <= 4 and words[-1] in EVENTS
