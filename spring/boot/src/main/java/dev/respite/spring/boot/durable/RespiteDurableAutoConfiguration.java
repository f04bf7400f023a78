package dev.respite.spring.boot.durable;

import dev.respite.durable.DeadLetters;
import dev.respite.durable.DurableRetry;
import dev.respite.durable.DurableRetryBuilder;
import dev.respite.durable.EffectRunner;
import dev.respite.durable.PendingCalls;
import dev.respite.spring.boot.setup.SetupException;
import dev.respite.spring.boot.setup.SpringTransactions;
import dev.respite.time.TimeSource;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Runs the tasks that beans of the type {@link DurableRetryCustomizer} add, in the database of the application, while the
 * context runs.
 *
 * <p>Its beans are {@link DurableCalls}, which enqueues, {@link DeadLetters} and {@link PendingCalls}. A bean of the type {@link
 * EffectRunner} replaces the transactions of Spring in which effects are made.
 */
@AutoConfiguration(
        afterName = {
            "dev.respite.spring.boot.RespiteAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration",
            "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration",
            "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration",
            "org.springframework.boot.transaction.jta.autoconfigure.JtaAutoConfiguration",
            "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration"
        })
@ConditionalOnClass({DurableRetry.class, DataSourceUtils.class, DependsOnDatabaseInitialization.class})
@ConditionalOnSingleCandidate(DataSource.class)
@ConditionalOnProperty(name = DurableProperties.PREFIX + ".enabled", matchIfMissing = true)
@EnableConfigurationProperties(DurableProperties.class)
@Import(DurableMonitoring.class)
final class RespiteDurableAutoConfiguration {

    @Bean
    @DependsOnDatabaseInitialization
    DurableStore respiteDurableStore(DataSource dataSource, DurableProperties properties) {
        return DurableStore.of(dataSource, properties.tables());
    }

    @Bean
    RunningRetry respiteDurableRunning() {
        return new RunningRetry();
    }

    @Bean
    @ConditionalOnMissingBean
    DurableCalls respiteDurableCalls(DurableStore store, RunningRetry running) {
        return new DurableCalls(store, running);
    }

    @Bean
    @ConditionalOnMissingBean
    DeadLetters respiteDeadLetters(DurableStore store) {
        return DeadLetters.of(store.dataSource(), store.tables());
    }

    @Bean
    @ConditionalOnMissingBean
    PendingCalls respitePendingCalls(DurableStore store) {
        return PendingCalls.of(store.dataSource(), store.tables());
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnSingleCandidate(PlatformTransactionManager.class)
    EffectRunner respiteDurableEffects(DurableStore store, PlatformTransactionManager manager) {
        if (SpringTransactions.isOfOtherDataSource(manager, store.dataSource())) {
            throw new SetupException(
                    "The transaction manager is of another data source than the durable calls.",
                    "Make data source and transaction manager of the same database the primary ones, or define a bean of"
                            + " the type EffectRunner.",
                    null);
        }
        return new SpringEffects(manager, store.dataSource());
    }

    @Bean
    @ConditionalOnBean(DurableRetryCustomizer.class)
    DurableWorker respiteDurableWorker(
            DurableStore store,
            RunningRetry running,
            DurableProperties properties,
            ObjectProvider<EffectRunner> effects,
            ObjectProvider<TimeSource> time,
            ObjectProvider<DurableRetryCustomizer> customizers) {
        return new DurableWorker(
                () -> {
                    DurableRetryBuilder builder =
                            builder(properties, store.dataSource()).tables(store.tables());
                    effects.ifUnique(builder::effects);
                    time.ifUnique(builder::time);
                    customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
                    return builder.build();
                },
                running);
    }

    private static DurableRetryBuilder builder(DurableProperties properties, DataSource dataSource) {
        DurableRetryBuilder builder = DurableRetry.builder(dataSource);
        set("threads", () -> builder.threads(properties.threads()));
        set("poll-interval", () -> builder.pollInterval(properties.pollInterval()));
        set("heartbeat", () -> builder.heartbeat(properties.heartbeat()));
        set("stop-wait", () -> builder.stopWait(properties.stopWait()));
        set("park-unknown-tasks-after", () -> builder.parkUnknownTasksAfter(properties.parkUnknownTasksAfter()));
        Duration retention = properties.deadLetterRetention();
        if (retention != null) {
            set("dead-letter-retention", () -> builder.deadLetterRetention(retention));
        }
        return builder;
    }

    private static void set(String property, Runnable setting) {
        try {
            setting.run();
        } catch (IllegalArgumentException outOfRange) {
            throw SetupException.ofProperty(DurableProperties.PREFIX + "." + property, outOfRange);
        }
    }
}
