package dev.respite.stacks.durable;

import static dev.respite.stacks.durable.TestServer.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.respite.Retry;
import dev.respite.durable.DataCodec;
import dev.respite.durable.DeadLetters;
import dev.respite.durable.DurableTask;
import dev.respite.durable.EffectRunner;
import dev.respite.spring.Retries;
import dev.respite.spring.boot.durable.DurableCalls;
import dev.respite.spring.boot.durable.DurableRetryCustomizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceInitializationAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.ClassUtils;

/** Which beans there are, and what an application does not start with. */
@ExtendWith(OutputCaptureExtension.class)
class SetUpTest {

    private static final DurableTask<String> MAIL = DurableTask.of("mail", DataCodec.text());
    private static final String WORKER = "respiteDurableWorker";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    DataSourceAutoConfiguration.class,
                    DataSourceInitializationAutoConfiguration.class,
                    DataSourceTransactionManagerAutoConfiguration.class,
                    autoConfiguration("RespiteAutoConfiguration"),
                    autoConfiguration("durable.RespiteDurableAutoConfiguration"),
                    autoConfiguration("durable.RespiteDurableCheckAutoConfiguration")))
            .withPropertyValues(Database.H2.properties(true).toArray(String[]::new));

    @TempDir
    private Path folder;

    /** Returns an auto-configuration, which applications name by its class name only. */
    private static Class<?> autoConfiguration(String name) {
        return ClassUtils.resolveClassName("dev.respite.spring.boot." + name, SetUpTest.class.getClassLoader());
    }

    /** An application with one task. */
    @Configuration(proxyBeanMethods = false)
    static class OneTask {
        @Bean
        DurableRetryCustomizer mails() {
            return durable -> durable.task(MAIL, Retry.withDefaults().withName("mail"), (item, context) -> {});
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application extends OneTask {}

    /** A task of the other scheduler. */
    @Configuration(proxyBeanMethods = false)
    static class OtherTask {

        final CountDownLatch ran = new CountDownLatch(1);

        final OneTimeTask<Void> task = Tasks.oneTime("other").execute((instance, context) -> ran.countDown());

        @Bean
        OneTimeTask<Void> other() {
            return task;
        }
    }

    @Test
    void oneTask_isRun() {
        runner.withUserConfiguration(OneTask.class)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasBean(WORKER)
                        .hasSingleBean(DurableCalls.class)
                        .hasSingleBean(DeadLetters.class)
                        .hasSingleBean(EffectRunner.class)
                        .doesNotHaveBean(Scheduler.class)
                        .doesNotHaveBean(Task.class));
    }

    @Test
    void noTask_enqueuesOnly() {
        runner.run(context -> {
            assertThat(context).hasNotFailed().doesNotHaveBean(WORKER);
            context.getBean(DurableCalls.class).enqueue(MAIL, "tea");
        });
    }

    @Test
    void disabled_hasNoBeans() {
        runner.withUserConfiguration(OneTask.class)
                .withPropertyValues("respite.durable.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(WORKER)
                        .doesNotHaveBean(DurableCalls.class));
    }

    @Test
    void withoutTheModule_hasNoBeans() {
        runner.withClassLoader(new FilteredClassLoader("dev.respite.durable"))
                .withPropertyValues("respite.durable.threads=3")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("respiteDurableStore"));
    }

    @Test
    void otherTables_areUsed() {
        runner.withUserConfiguration(OneTask.class)
                .withPropertyValues("respite.durable.tables.tasks=my_task")
                .run(context -> assertThat(context.getStartupFailure()).hasStackTraceContaining("lacks my_task"));
    }

    @Test
    void tablesMissing_namesTheFile() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        DataSourceAutoConfiguration.class,
                        DataSourceInitializationAutoConfiguration.class,
                        autoConfiguration("RespiteAutoConfiguration"),
                        autoConfiguration("durable.RespiteDurableAutoConfiguration")))
                .withPropertyValues(Database.H2.properties(false).toArray(String[]::new))
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("run db/respite_durable/h2/V1_1__respite_durable.sql"));
    }

    @Test
    void ownEffectRunner_replacesTransactions() {
        EffectRunner own = (context, stored, effect) -> true;
        runner.withUserConfiguration(OneTask.class)
                .withBean("own", EffectRunner.class, () -> own)
                .run(context -> assertThat(context.getBean(EffectRunner.class)).isSameAs(own));
    }

    @Test
    void transactionManagerOfAnotherDatabase_isRefused() {
        DataSource other = new DriverManagerDataSource("jdbc:h2:mem:other");
        runner.withUserConfiguration(OneTask.class)
                .withBean(PlatformTransactionManager.class, () -> new JdbcTransactionManager(other))
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("transaction manager is of another data source"));
    }

    @Test
    void taskWithoutDatabase_doesNotStart() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        autoConfiguration("RespiteAutoConfiguration"),
                        autoConfiguration("durable.RespiteDurableAutoConfiguration"),
                        autoConfiguration("durable.RespiteDurableCheckAutoConfiguration")))
                .withUserConfiguration(OneTask.class)
                .run(context -> assertThat(context.getStartupFailure()).hasStackTraceContaining("would never run"));
    }

    @Test
    void unknownPolicy_failsAtStartWithTheNearest() {
        runner.withPropertyValues("respite.policies.payments.max-attempts=4")
                .withUserConfiguration(Misspelt.class)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("no retry has the name 'paymnts'; did you mean 'payments'?"));
    }

    @Configuration(proxyBeanMethods = false)
    static class Misspelt {
        @Bean
        DurableRetryCustomizer mails(Retries retries) {
            return durable -> durable.task(MAIL, retries.get("paymnts"), (item, context) -> {});
        }
    }

    /** Each has its own table, and runs its own tasks. */
    @Test
    void besideTheStarterOfDbScheduler_bothRun() throws InterruptedException {
        List<String> properties = new ArrayList<>(Database.H2.properties(true));
        properties.removeIf(property -> property.startsWith("db-scheduler"));
        properties.add("db-scheduler.polling-interval=20ms");
        try (var context = new SpringApplicationBuilder(Application.class, OtherTask.class)
                .web(WebApplicationType.NONE)
                .run(properties.stream().map(each -> "--" + each).toArray(String[]::new))) {
            JdbcTemplate jdbc = context.getBean(JdbcTemplate.class);
            context.getBean(Scheduler.class)
                    .schedule(context.getBean(OtherTask.class).task.instance("one"), Instant.now());
            context.getBean(DurableCalls.class).enqueue(MAIL, "tea");
            assertThat(context.getBean(OtherTask.class).ran.await(30, TimeUnit.SECONDS))
                    .isTrue();
            for (String table : List.of("respite_task", "scheduled_tasks")) {
                eventually(() -> assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM " + table, Integer.class))
                        .isZero());
            }
            assertThat(jdbc.queryForObject("SELECT COUNT(*) FROM respite_dead_letter", Integer.class))
                    .isZero();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            threads: 0                 | respite.durable.threads     | 0 threads
            poll-interval: 1ms         | respite.durable.poll-interval | poll interval PT0.001S
            heartbeat: 1ms             | respite.durable.heartbeat     | heartbeat PT0.001S
            stop-wait: -1s             | respite.durable.stop-wait     | stop wait PT-1S
            park-unknown-tasks-after: 1ms         | respite.durable.park-unknown-tasks-after | park unknown tasks after PT0.001S
            dead-letter-retention: 59m | respite.durable.dead-letter-retention | dead letter retention PT59M
            tables.tasks: a-b          | respite.durable.tables.tasks  | table name 'a-b'
            tables.dead-letters: a;b   | respite.durable.tables.dead-letters | table name 'a;b'
            threads: many              | respite.durable.threads       | many
            thread: 4                  | respite.durable.thread        | did you mean 'threads'?
            tables.task: x             | respite.durable.tables.task   | did you mean 'tasks'?
            """)
    void wrongProperty_namesItsOriginAndTheRule(String line, String property, String message, CapturedOutput output)
            throws Exception {
        Path file = Files.writeString(folder.resolve("application.yaml"), "respite.durable." + line + "\n");
        List<String> properties = new ArrayList<>(Database.H2.properties(true));
        properties.add("spring.config.location=" + file.toUri());
        assertThatThrownBy(() -> new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .run(properties.stream().map(each -> "--" + each).toArray(String[]::new)));
        assertThat(output.getAll())
                .contains("APPLICATION FAILED TO START")
                .contains(property)
                .contains(message)
                .contains("application.yaml");
    }
}
