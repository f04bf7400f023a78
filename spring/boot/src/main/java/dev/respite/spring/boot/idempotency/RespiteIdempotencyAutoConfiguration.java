package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.servlet.IdempotencyFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.function.Predicate;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.servlet.handler.MappedInterceptor;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Runs the requests of controller methods with {@link Idempotent} once for each key.
 *
 * <p>The records are in the database of the application, and its transaction manager commits them with the effect. A bean of the
 * type {@code IdempotencyStore}, {@code IdempotencyEngine}, {@code TransactionRunner} or {@code Idempotency} replaces that
 * part; {@code IdempotencyListener}, {@code Rebuilder} and {@code ResponseEncryption} beans are used.
 */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
            "org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration",
            "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration",
            "org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration",
            "org.springframework.boot.transaction.jta.autoconfigure.JtaAutoConfiguration",
            "org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration",
            "org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration"
        })
@ConditionalOnClass({IdempotencyFilter.class, RequestMappingHandlerMapping.class, FilterRegistrationBean.class})
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnProperty(name = IdempotencyProperties.PREFIX + ".enabled", matchIfMissing = true)
@EnableConfigurationProperties(IdempotencyProperties.class)
@Import({
    JdbcStoreConfiguration.class,
    EngineConfiguration.class,
    TransactionalConfiguration.class,
    ExternalConfiguration.class,
    IdempotencyMonitoring.class
})
final class RespiteIdempotencyAutoConfiguration {

    /** Spring Security's filter has the order -100, unless a property changes it. */
    private static final String SECURITY_ORDER = "spring.security.filter.order";

    private static final int DEFAULT_SECURITY_ORDER = -100;

    @Bean
    IdempotencySetup respiteIdempotencySetup(IdempotencyProperties properties) {
        return IdempotencySetup.of(properties);
    }

    @Bean
    IdempotentEndpoints respiteIdempotentEndpoints(
            ConfigurableApplicationContext context,
            IdempotencySetup setup,
            ObjectProvider<Idempotency<?>> idempotency,
            ObjectProvider<IdempotencyFactory> factory) {
        return new IdempotentEndpoints(context, new EndpointRules(setup, idempotency, factory, context));
    }

    /** Only the filter is made when the server is created: the rest of the application is not ready then. */
    @Bean
    @ConditionalOnMissingBean(name = "respiteIdempotencyFilter")
    FilterRegistrationBean<Filter> respiteIdempotencyFilter(
            ObjectProvider<IdempotentEndpoints> endpoints, IdempotencySetup setup, Environment environment) {
        SingletonSupplier<IdempotentEndpoints> once = SingletonSupplier.of(endpoints::getObject);
        FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>(
                IdempotencyFilter.selecting(request -> once.obtain().select(request)));
        filter.setName("respiteIdempotencyFilter");
        filter.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC);
        Integer order = setup.properties().filterOrder();
        filter.setOrder(
                order == null
                        ? environment.getProperty(SECURITY_ORDER, Integer.class, DEFAULT_SECURITY_ORDER) + 1
                        : order);
        return filter;
    }

    /** The filter of admission does not refuse retries whose results are recorded. No bean of an application gets this one by its type. */
    @Bean(defaultCandidate = false)
    @ConditionalOnBooleanProperty(EndpointRules.ADMISSION_ENABLED)
    Predicate<HttpServletRequest> respiteCompletedKeys(ObjectProvider<IdempotentEndpoints> endpoints) {
        SingletonSupplier<IdempotentEndpoints> once = SingletonSupplier.of(endpoints::getObject);
        return request -> once.obtain().hasCompleted(request);
    }

    /** Static: a post-processor is made before the other beans. */
    @Bean
    static BeanPostProcessor respiteUnreadableArguments() {
        return new UnreadableArguments();
    }

    /** Applies to all mappings of handlers. */
    @Bean
    MappedInterceptor respiteSelectedRulesInterceptor(ObjectProvider<IdempotentEndpoints> endpoints) {
        SingletonSupplier<IdempotentEndpoints> once = SingletonSupplier.of(endpoints::getObject);
        return new MappedInterceptor(null, new SelectedRulesInterceptor(once::obtain));
    }
}
