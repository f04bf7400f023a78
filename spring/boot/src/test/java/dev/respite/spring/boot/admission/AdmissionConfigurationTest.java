package dev.respite.spring.boot.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.admission.QueueTime;
import dev.respite.admission.RetryAdmission;
import dev.respite.admission.RetryAdmissionFilter;
import dev.respite.spring.boot.setup.SetupException;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.core.Ordered;

/** The properties of admission, their beans, and their errors. */
class AdmissionConfigurationTest {

    private static final AutoConfigurations ALL = AutoConfigurations.of(
            RespiteAdmissionAutoConfiguration.class, RespiteAdmissionCheckAutoConfiguration.class);

    private static final String ENABLED = "respite.admission.enabled=true";
    private static final String VIRTUAL = "spring.threads.virtual.enabled=true";

    private final WebApplicationContextRunner runner = new WebApplicationContextRunner().withConfiguration(ALL);

    private final WebApplicationContextRunner enabled = runner.withPropertyValues(ENABLED);

    /** Returns the rejection, which may be the cause of a failure to create a bean. */
    private static SetupException rejection(Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof SetupException)) {
            cause = cause.getCause();
        }
        assertThat(cause).as("rejection in %s", failure).isNotNull();
        return (SetupException) cause;
    }

    private static void assertRejected(Throwable failure, Consumer<SetupException> requirements) {
        assertThat(rejection(failure)).satisfies(requirements);
    }

    @ParameterizedTest
    @CsvSource({"respite.other=1", "respite.admission.enabled=false", "respite.admission.queue-limit=20ms"})
    void application_thatDoesNotEnableAdmission_hasNoFilter(String property) {
        runner.withPropertyValues(property)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(RetryAdmissionFilter.class)
                        .doesNotHaveBean(QueueTime.class)
                        .doesNotHaveBean(MeterBinder.class));
    }

    @ParameterizedTest
    @CsvSource({
        "respite.other=1,                      100",
        "respite.admission.client-timeout=5s,  500",
        "respite.admission.queue-limit=30ms,    30"
    })
    void queueLimit_isThatOfThePropertyOrATenthOfTheTimeout(String property, long millis) {
        enabled.withPropertyValues(property).run(context -> {
            RetryAdmission rule = context.getBean(RetryAdmission.class);
            assertThat(rule.queueLimit()).isEqualTo(Duration.ofMillis(millis));
            assertThat(rule.inProgressLimit()).isEmpty();
        });
    }

    @Test
    void inProgressLimit_isAddedToTheQueueLimit() {
        enabled.withPropertyValues("respite.admission.client-timeout=5s", "respite.admission.in-progress-limit=40")
                .run(context -> {
                    RetryAdmission rule = context.getBean(RetryAdmission.class);
                    assertThat(rule.queueLimit()).isEqualTo(Duration.ofMillis(500));
                    assertThat(rule.inProgressLimit()).hasValue(40);
                });
    }

    @Test
    void filter_isTheFirstOfRequests() {
        enabled.run(context -> {
            FilterRegistrationBean<?> filter = context.getBean("respiteAdmissionFilter", FilterRegistrationBean.class);
            assertThat(filter.getFilter()).isSameAs(context.getBean(RetryAdmissionFilter.class));
            assertThat(filter.getOrder()).isEqualTo(Ordered.HIGHEST_PRECEDENCE);
            assertThat(filter.isAsyncSupported()).isTrue();
            assertThat(filter.getUrlPatterns()).isEmpty();
            assertThat(filter.determineDispatcherTypes()).isEqualTo(EnumSet.of(DispatcherType.REQUEST));
        });
    }

    @Test
    void rule_ofTheApplication_replacesTheProperties() {
        RetryAdmission rule = RetryAdmission.ofTimeout(Duration.ofSeconds(3));
        enabled.withBean(RetryAdmission.class, () -> rule)
                .withPropertyValues("respite.admission.queue-limit=30ms")
                .run(context ->
                        assertThat(context.getBean(RetryAdmission.class)).isSameAs(rule));
    }

    @Test
    void bothLimits_areRejected() {
        enabled.withPropertyValues("respite.admission.client-timeout=5s", "respite.admission.queue-limit=30ms")
                .run(context -> assertRejected(context.getStartupFailure(), rejected -> {
                    assertThat(rejected)
                            .hasMessageContaining("PT0.03S")
                            .hasMessageContaining("respite.admission.client-timeout is PT5S")
                            .hasMessageContaining("remove the other");
                    assertThat(rejected).extracting("property").isEqualTo("respite.admission.queue-limit");
                }));
    }

    @ParameterizedTest
    @CsvSource({
        "client-timeout,    1ms, from PT0.01S to PT10M",
        "queue-limit,       2m,  from PT0.001S to PT1M",
        "in-progress-limit, 0,   from 1 to 1000000"
    })
    void value_outOfItsRange_isRejectedWithItsProperty(String key, String value, String rule) {
        enabled.withPropertyValues("respite.admission." + key + "=" + value)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(rule)
                        .satisfies(failure -> assertThat(rejection(failure))
                                .extracting("property")
                                .isEqualTo("respite.admission." + key)));
    }

    @Test
    void unknownProperty_isRejectedAlsoWhereTheFeatureIsAbsent() {
        new ApplicationContextRunner()
                .withConfiguration(ALL)
                .withClassLoader(new FilteredClassLoader(RetryAdmissionFilter.class))
                .withPropertyValues("respite.admission.queue-limitt=1s")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("respite.admission.queue-limitt"));
    }

    @Test
    void application_withoutTheArtifact_isRejected() {
        enabled.withClassLoader(new FilteredClassLoader("dev.respite.admission."))
                .run(context -> assertThat(context.getStartupFailure())
                        .isInstanceOfSatisfying(SetupException.class, rejected -> {
                            assertThat(rejected).hasMessageContaining("not on the class path");
                            assertThat(rejected).extracting("action").asString().contains("Add respite-admission");
                        }));
    }

    @Test
    void application_withoutTheArtifact_startsIfAdmissionIsNotEnabled() {
        runner.withClassLoader(new FilteredClassLoader("dev.respite.admission."))
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void applicationWithWebFlux_isRejectedWithARemedyForWebFlux() {
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(ALL)
                .withPropertyValues(ENABLED)
                .run(context -> assertThat(context.getStartupFailure())
                        .isInstanceOfSatisfying(SetupException.class, rejected -> {
                            assertThat(rejected).hasMessageContaining("WebFlux");
                            assertThat(rejected)
                                    .extracting("action")
                                    .asString()
                                    .contains("Spring MVC")
                                    .doesNotContain("Add respite");
                        }));
    }

    @Test
    void applicationWithoutAServer_ignoresTheProperties() {
        new ApplicationContextRunner()
                .withConfiguration(ALL)
                .withPropertyValues(ENABLED)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RetryAdmissionFilter.class));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreads_withoutALimitOfRequestsInProgress_areRejected() {
        enabled.withPropertyValues(VIRTUAL)
                .run(context -> assertRejected(context.getStartupFailure(), rejected -> {
                    assertThat(rejected).hasMessageContaining("spring.threads.virtual.enabled");
                    assertThat(rejected)
                            .extracting("action")
                            .asString()
                            .contains("Set respite.admission.in-progress-limit");
                }));
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void virtualThreads_withALimitOfRequestsInProgress_haveNoQueueTime() {
        enabled.withPropertyValues(VIRTUAL, "respite.admission.in-progress-limit=40")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(RetryAdmissionFilter.class)
                        .doesNotHaveBean(QueueTime.class)
                        .doesNotHaveBean("respiteTomcatQueue")
                        .doesNotHaveBean("respiteJettyQueue"));
    }

    @Test
    void applicationWithPlatformThreads_measuresItsServer() {
        enabled.run(context -> assertThat(context)
                .hasSingleBean(QueueTime.class)
                .hasBean("respiteTomcatQueue")
                .hasBean("respiteJettyQueue")
                .hasBean("respiteAdmissionMeters"));
    }

    @ParameterizedTest
    @CsvSource({
        "org.apache.catalina,             respiteTomcatQueue",
        "org.springframework.boot.tomcat, respiteTomcatQueue",
        "org.springframework.boot.jetty,  respiteJettyQueue",
        "org.eclipse.jetty,               respiteJettyQueue",
        "io.micrometer,                   respiteAdmissionMeters"
    })
    void optionalDependency_thatIsAbsent_isNotNeeded(String absent, String bean) {
        Set<String> all = Set.of("respiteTomcatQueue", "respiteJettyQueue", "respiteAdmissionMeters");
        enabled.withClassLoader(new FilteredClassLoader(absent)).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(present(context, all)).containsExactlyInAnyOrderElementsOf(without(all, bean));
        });
    }

    private static Set<String> present(AssertableWebApplicationContext context, Set<String> beans) {
        return without(
                beans,
                beans.stream().filter(bean -> !context.containsBean(bean)).toArray(String[]::new));
    }

    private static Set<String> without(Set<String> beans, String... less) {
        Set<String> rest = new HashSet<>(beans);
        Set.of(less).forEach(rest::remove);
        return rest;
    }
}
