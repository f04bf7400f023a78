package dev.respite.spring.boot.idempotency;

import dev.respite.idempotency.Idempotency;
import dev.respite.idempotency.jdbc.TransactionalIdempotency;
import dev.respite.idempotency.servlet.IdempotencyFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import java.util.function.Predicate;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
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
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.handler.MappedInterceptor;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the requests of controller methods with {@link Idempotent}, and the calls of methods with a key, once for each key.
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
@ConditionalOnClass(Idempotency.class)
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

    @Bean
    IdempotencySetup respiteIdempotencySetup(IdempotencyProperties properties) {
        return IdempotencySetup.of(properties);
    }

    /** Methods with a key. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({TransactionalIdempotency.class, DataSourceUtils.class, JsonMapper.class})
    static final class Methods {

        /** Static: it is made before the beans that it advises. */
        @Bean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static IdempotentMethods respiteIdempotentMethods(ConfigurableListableBeanFactory beans) {
            return new IdempotentMethods(beans);
        }
    }

    /** The requests of controller methods. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({IdempotencyFilter.class, RequestMappingHandlerMapping.class, FilterRegistrationBean.class})
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    static final class Endpoints {

        /** Spring Security's filter has the order -100, unless a property changes it. */
        private static final String SECURITY_ORDER = "spring.security.filter.order";

        private static final int DEFAULT_SECURITY_ORDER = -100;

        @Bean
        IdempotentEndpoints respiteIdempotentEndpoints(ConfigurableApplicationContext context, IdempotencySetup setup) {
            return new IdempotentEndpoints(context, new EndpointRules(setup, context));
        }

        /** Only the filter is made when the server is created: the rest of the application is not ready then. */
        @Bean
        @ConditionalOnMissingBean(name = "respiteIdempotencyFilter")
        FilterRegistrationBean<Filter> respiteIdempotencyFilter(
                ObjectProvider<IdempotentEndpoints> endpoints, IdempotencySetup setup, Environment environment) {
            SingletonSupplier<IdempotentEndpoints> once = SingletonSupplier.of(endpoints::getObject);
            FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>(new EndpointFilter(once::obtain));
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

        /** No bean of an application gets this resolver by its type; the dispatcher finds it. */
        @Bean(defaultCandidate = false)
        HandlerExceptionResolver respiteInvalidArguments() {
            return new InvalidArguments();
        }

        /** Applies to all mappings of handlers. */
        @Bean
        MappedInterceptor respiteSelectedRulesInterceptor(ObjectProvider<IdempotentEndpoints> endpoints) {
            SingletonSupplier<IdempotentEndpoints> once = SingletonSupplier.of(endpoints::getObject);
            return new MappedInterceptor(null, new SelectedRulesInterceptor(once::obtain));
        }
    }
}
