package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.IdempotencyEngine;
import dev.respite.idempotency.jdbc.JdbcIdempotencyStore;
import dev.respite.idempotency.jdbc.TransactionRunner;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.spring.boot.setup.SetupException;
import dev.respite.spring.boot.setup.SpringTransactions;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Record and effect in one transaction of the application's transaction manager. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnClass({JdbcIdempotencyStore.class, DataSourceTransactionManager.class})
@ConditionalOnBean({JdbcIdempotencyStore.class, IdempotencyEngine.class})
@ConditionalOnMissingBean(Idempotency.class)
@ConditionalOnSingleCandidate(PlatformTransactionManager.class)
final class TransactionalConfiguration {

    @Bean
    @ConditionalOnMissingBean
    TransactionRunner respiteTransactionRunner(PlatformTransactionManager manager, DataSource dataSource) {
        if (SpringTransactions.isOfOtherDataSource(manager, dataSource)) {
            throw new SetupException(
                    "The transaction manager is of another data source than the idempotency records.",
                    "Make data source and transaction manager of the same database the primary ones, or define a bean of"
                            + " the type TransactionRunner.",
                    null);
        }
        return new SpringTransactionRunner(new TransactionTemplate(manager), dataSource);
    }

    @Bean
    IdempotencyFactory respiteIdempotencyFactory(
            IdempotencyEngine engine, TransactionRunner transactions, IdempotencySetup setup) {
        boolean strict = setup.properties().jdbc().rejectLongResponses();
        return settings -> {
            TransactionalIdempotency idempotency =
                    TransactionalIdempotency.of(engine.withSettings(settings)).withTransactions(transactions);
            return strict ? idempotency.withLongResponsesRejected() : idempotency;
        };
    }

    @Bean
    Idempotency<?> respiteIdempotency(IdempotencyFactory factory, IdempotencyEngine engine) {
        return factory.create(engine.settings());
    }
}
