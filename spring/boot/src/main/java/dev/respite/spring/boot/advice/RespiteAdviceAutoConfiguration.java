package dev.respite.spring.boot.advice;

import dev.respite.Retry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.Ordered;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.server.WebFilter;
import org.springframework.web.servlet.DispatcherServlet;
import reactor.core.publisher.Mono;

/** Adds {@code x-should-retry: false} to errors of the server that are the end of its own retries. */
@AutoConfiguration(afterName = "dev.respite.spring.boot.RespiteAutoConfiguration")
@ConditionalOnWebApplication
@ConditionalOnBean(Retry.class)
@ConditionalOnBooleanProperty(name = "respite.http.advice", matchIfMissing = true)
final class RespiteAdviceAutoConfiguration {

    /** Before the filters of the application, and inside of those that Spring Boot puts first. */
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

    /** Static: it is made before the retries, to which it listens. */
    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static RequestAdvices respiteRequestAdvices() {
        return new RequestAdvices();
    }

    /** The responses of servlets. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({Filter.class, FilterRegistrationBean.class})
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    static final class Servlets {

        @Bean
        @ConditionalOnMissingBean(name = "respiteAdviceFilter")
        FilterRegistrationBean<Filter> respiteAdviceFilter(RequestAdvices advices) {
            FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>(new AdviceFilter(advices));
            filter.setName("respiteAdviceFilter");
            filter.setDispatcherTypes(DispatcherType.REQUEST, DispatcherType.ASYNC, DispatcherType.ERROR);
            filter.setAsyncSupported(true);
            filter.setOrder(ORDER);
            return filter;
        }
    }

    /** The handlers of Spring MVC. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(DispatcherServlet.class)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    static final class Handlers {

        @Bean
        AdvisedHandlers respiteAdvisedHandlers(RequestAdvices advices) {
            return new AdvisedHandlers(advices);
        }
    }

    /** The responses of WebFlux. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({WebFilter.class, Mono.class})
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    static final class Exchanges {

        @Bean
        @ConditionalOnMissingBean(name = "respiteAdviceWebFilter")
        WebFilter respiteAdviceWebFilter(RequestAdvices advices) {
            return new AdviceWebFilter(advices, ORDER);
        }

        /** The requests of WebClient, which begin on any thread. No bean of an application gets this one by its type. */
        @Bean(defaultCandidate = false)
        @ConditionalOnClass(ExchangeFilterFunction.class)
        ExchangeFilterFunction respiteAdvisedExchanges(RequestAdvices advices) {
            return (request, next) -> new ScopedMono<>(advices, next.exchange(request));
        }
    }
}
