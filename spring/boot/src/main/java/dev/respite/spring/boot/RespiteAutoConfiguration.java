package dev.respite.spring.boot;

import dev.respite.Retry;
import dev.respite.spring.EnableRespite;
import dev.respite.spring.Retries;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.task.TaskDecorator;

/**
 * Makes a {@link Retry} of each policy below {@code respite.policies}, a bean whose qualifier is the name of the policy, and
 * retries methods with {@link dev.respite.spring.Respite}.
 *
 * <p>The bean of the type {@link Retries} has these and all other beans of the type {@link Retry} by their names; one of the
 * application's own replaces it.
 */
@AutoConfiguration
@EnableConfigurationProperties(RespiteProperties.class)
@Import(RetryBeanRegistrar.class)
@ImportRuntimeHints(RespiteRuntimeHints.class)
final class RespiteAutoConfiguration {

    @Bean
    AttemptThreads respiteAttemptThreads(
            RespiteProperties properties, ApplicationContext context, ObjectProvider<TaskDecorator> decorators) {
        return new AttemptThreads(properties, context, decorators);
    }

    @Bean
    @ConditionalOnMissingBean
    Retries respiteRetries(ObjectProvider<Retry> retries) {
        return Retries.of(retries.orderedStream().toArray(Retry[]::new));
    }

    @Bean
    @ConditionalOnMissingBean
    ForeignRetriesCheck respiteForeignRetriesCheck(
            RespiteProperties properties, ConfigurableApplicationContext context) {
        return new ForeignRetriesCheck(properties, context);
    }

    /** Methods with {@code @Respite}, where Spring AOP is on the class path. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(AopProxyUtils.class)
    @EnableRespite
    static final class AnnotatedMethods {}
}
