package dev.respite.verification;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The rules that a reader may rely on. */
@AnalyzeClasses(packages = "dev.respite", importOptions = ArchitectureTest.MainCode.class)
class ArchitectureTest {

    /** ArchUnit's own option knows one build directory; we have one for each JDK. */
    static final class MainCode implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/")
                    && !location.contains("/dev/respite/testsupport/")
                    && !location.contains("/dev/respite/torture/")
                    && !location.contains("/dev/respite/benchmarks/");
        }
    }

    /** The packages of the core. */
    private static final String[] CORE = {
        "dev.respite",
        "dev.respite.budget",
        "dev.respite.call",
        "dev.respite.cause",
        "dev.respite.driver",
        "dev.respite.failure",
        "dev.respite.hedge",
        "dev.respite.logging",
        "dev.respite.outcome",
        "dev.respite.policy",
        "dev.respite.queue",
        "dev.respite.text",
        "dev.respite.time"
    };

    /** Those that only compute: time and random numbers are arguments. */
    private static final String[] PURE = {"dev.respite.outcome", "dev.respite.policy"};

    @ArchTest
    static final ArchRule packages_haveNoCycles =
            slices().matching("dev.respite.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule purePackages_lookAtNothingButThemselvesAndPlainJava = classes()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(PURE)
                    .or(resideInAnyPackage(
                            "dev.respite.cause",
                            "dev.respite.failure",
                            "dev.respite.text",
                            "java.lang",
                            "java.lang.invoke",
                            "java.lang.runtime",
                            "java.lang.annotation",
                            "java.util",
                            "java.util.function",
                            "java.util.stream",
                            "java.util.regex",
                            "java.math",
                            "org.jspecify.annotations"))
                    .or(describe("a name of an error or of time", ArchitectureTest::isPlainName)));

    /** The order of the core's packages: each sees those above it in this list, and none below. */
    @ArchTest
    static final ArchRule packagesOfTheCore_seeOnlyThoseBeneath = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true)
            .layer("text")
            .definedBy("dev.respite.text")
            .layer("cause")
            .definedBy("dev.respite.cause")
            .layer("failure")
            .definedBy("dev.respite.failure")
            .layer("outcome")
            .definedBy("dev.respite.outcome")
            .layer("policy")
            .definedBy("dev.respite.policy")
            .layer("logging")
            .definedBy("dev.respite.logging")
            .layer("time")
            .definedBy("dev.respite.time")
            .layer("queue")
            .definedBy("dev.respite.queue")
            .layer("budget")
            .definedBy("dev.respite.budget")
            .layer("driver")
            .definedBy("dev.respite.driver")
            .layer("engine")
            .definedBy("dev.respite")
            .layer("call")
            .definedBy("dev.respite.call")
            .layer("hedge")
            .definedBy("dev.respite.hedge")
            .whereLayer("text")
            .mayNotAccessAnyLayer()
            .whereLayer("cause")
            .mayNotAccessAnyLayer()
            .whereLayer("failure")
            .mayOnlyAccessLayers("text", "cause")
            .whereLayer("logging")
            .mayOnlyAccessLayers("text", "cause", "failure")
            .whereLayer("hedge")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("call")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("engine")
            .mayOnlyBeAccessedByLayers("call", "hedge")
            .whereLayer("driver")
            .mayOnlyBeAccessedByLayers("engine", "hedge")
            .whereLayer("budget")
            .mayOnlyBeAccessedByLayers("hedge", "engine", "driver")
            .whereLayer("queue")
            .mayOnlyBeAccessedByLayers("engine", "budget")
            .whereLayer("time")
            .mayOnlyBeAccessedByLayers("call", "hedge", "engine", "driver", "budget", "queue")
            .whereLayer("policy")
            .mayOnlyBeAccessedByLayers("call", "hedge", "engine", "driver", "budget")
            .whereLayer("outcome")
            .mayOnlyBeAccessedByLayers("call", "hedge", "engine", "driver", "budget", "queue", "policy");

    @ArchTest
    static final ArchRule failurePackage_looksAtNothingButItselfAndPlainJava = classes()
            .that()
            .resideInAPackage("dev.respite.failure")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                            "dev.respite.cause",
                            "dev.respite.failure",
                            "java.lang",
                            "java.lang.invoke",
                            "java.lang.reflect",
                            "java.lang.runtime",
                            "java.util",
                            "java.util.function",
                            "java.util.stream",
                            "org.jspecify.annotations")
                    .or(describe("a name of an error", ArchitectureTest::isPlainName)));

    @ArchTest
    static final ArchRule purePackages_seeNoClockThreadChanceOrLog = noClasses()
            .that()
            .resideInAnyPackage(PURE)
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.Thread")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Random")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("java\\.lang\\.System\\$Logger.*")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Math.class, "random");

    @ArchTest
    static final ArchRule core_dependsOnNothingButTheJdk = classes()
            .that()
            .resideInAnyPackage(CORE)
            .and()
            .haveNameNotMatching("dev\\.respite\\.FlightRecorder.*")
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage(CORE).or(resideInAnyPackage("java..", "org.jspecify.annotations")));

    /** The core lies in no slice but that of the pure package. The command line and the demo may use every module. */
    @ArchTest
    static final ArchRule modules_lookOnlyTowardsTheCore = slices().matching("dev.respite.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(alwaysTrue(), resideInAnyPackage(CORE))
            .ignoreDependency(
                    resideInAnyPackage("dev.respite.durable", "dev.respite.idempotency.jdbc"),
                    resideInAPackage("dev.respite.jdbc.transaction"))
            .ignoreDependency(
                    resideInAPackage("dev.respite.micrometer"),
                    resideInAnyPackage("dev.respite.idempotency..", "dev.respite.durable"))
            .ignoreDependency(
                    resideInAPackage("dev.respite.durable.idempotency"), resideInAPackage("dev.respite.idempotency.."))
            .ignoreDependency(
                    resideInAPackage("dev.respite.durable.http"), resideInAPackage("dev.respite.http.exchange"))
            .ignoreDependency(
                    resideInAnyPackage("dev.respite.spring.http", "dev.respite.okhttp", "dev.respite.apache5"),
                    resideInAPackage("dev.respite.http.exchange"))
            .ignoreDependency(
                    resideInAnyPackage("dev.respite.sim", "dev.respite.grpc"),
                    resideInAPackage("dev.respite.admission"))
            .ignoreDependency(resideInAPackage("dev.respite.spring"), resideInAPackage("dev.respite.reactor"))
            .ignoreDependency(
                    resideInAPackage("dev.respite.spring.boot.."),
                    resideInAnyPackage(
                            "dev.respite.http.exchange",
                            "dev.respite.admission",
                            "dev.respite.micrometer",
                            "dev.respite.durable",
                            "dev.respite.idempotency.."))
            .ignoreDependency(resideInAnyPackage("dev.respite.cli..", "dev.respite.demo"), alwaysTrue());

    @ArchTest
    static final ArchRule core_looksAtNoOtherModule = noClasses()
            .that()
            .resideInAnyPackage(CORE)
            .should()
            .dependOnClassesThat(
                    resideInAPackage("dev.respite..").and(DescribedPredicate.not(resideInAnyPackage(CORE))));

    @ArchTest
    static final ArchRule idempotency_looksAtTheCoreAndNotAtTheClient = noClasses()
            .that()
            .resideInAPackage("dev.respite.idempotency..")
            .and()
            .resideOutsideOfPackage("dev.respite.idempotency.test")
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.respite.http..", "dev.respite.idempotency.test"));

    @ArchTest
    static final ArchRule idempotencyStore_seesNeitherTheEngineNorHttp = noClasses()
            .that()
            .resideInAPackage("dev.respite.idempotency.store")
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.respite.idempotency", "dev.respite.idempotency.http"));

    @ArchTest
    static final ArchRule caffeine_isSeenByTheInMemoryStoreOnly = noClasses()
            .that()
            .resideInAPackage("dev.respite.idempotency..")
            .and()
            .haveNameNotMatching("dev\\.respite\\.idempotency\\.store\\.InMemoryIdempotencyStore(\\$.*)?")
            .should()
            .dependOnClassesThat(resideInAPackage("com.github.benmanes.caffeine.."));

    @ArchTest
    static final ArchRule onlyTheSystemTime_readsAClockOrWaits = noClasses()
            .that()
            .resideOutsideOfPackages("dev.respite.cli..", "dev.respite.demo")
            .and()
            .doNotHaveFullyQualifiedName("dev.respite.time.SystemTime")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.locks.LockSupport");

    @ArchTest
    static final ArchRule nothing_isSynchronized = noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED);

    @ArchTest
    static final ArchRule staticFields_areFinal =
            fields().that().areStatic().should().beFinal();

    /** The shared pools, the thread-locals of nested calls and of exchanges, and the logged lines: each file gives the reason. */
    @ArchTest
    static final ArchRule staticFields_holdNothingMutable = fields().that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat()
            .haveNameNotMatching(
                    "dev\\.respite\\.(time\\.SystemTime|time\\.OwnThreads\\$(Timer|Spare)|GivenUpFailures|LoggedLines|"
                            + "spring\\.http\\.ExchangeAbort)")
            .should()
            .notHaveRawType(describe("mutable", ArchitectureTest::isMutable));

    @ArchTest
    static final ArchRule classes_areFinalOrSealedOrInterfaces = classes()
            .that()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .and()
            .areNotAnonymousClasses()
            .should()
            .haveModifier(JavaModifier.FINAL);

    @ArchTest
    static final ArchRule publicMethods_doNotTakeMoreThanSixParameters = methods()
            .that()
            .arePublic()
            .should()
            .haveRawParameterTypes(describe("at most six", types -> types.size() <= 6));

    private static boolean isPlainName(JavaClass type) {
        String name = type.getName();
        return name.startsWith("java.time.")
                || name.startsWith("java.io.")
                || name.startsWith("java.net.")
                || name.equals("java.nio.channels.ClosedByInterruptException")
                || (name.startsWith("java.util.concurrent.") && name.endsWith("Exception"))
                || type.isArray()
                || type.isPrimitive();
    }

    private static boolean isMutable(JavaType type) {
        JavaClass raw = type.toErasure();
        return raw.isAssignableTo(AtomicInteger.class)
                || raw.isAssignableTo(AtomicLong.class)
                || raw.isAssignableTo(java.util.concurrent.ConcurrentMap.class)
                || raw.isAssignableTo(java.util.concurrent.Executor.class)
                || raw.isAssignableTo(ThreadLocal.class)
                || raw.isAssignableTo(java.util.concurrent.atomic.AtomicReference.class);
    }
}
