package dev.respite.spring.boot.idempotency;

import dev.respite.spring.boot.setup.SetupException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.stream.Collectors;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Controller;

/** Checks the properties of a feature also where it is absent. */
@AutoConfiguration(afterName = "dev.respite.spring.boot.idempotency.RespiteIdempotencyAutoConfiguration")
@EnableConfigurationProperties(IdempotencyProperties.class)
final class RespiteIdempotencyCheckAutoConfiguration {

    /** Rejects an application in which {@link Idempotent} has no effect, because a dependency is missing. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnMissingBean(name = "respiteIdempotentEndpoints")
    @ConditionalOnProperty(name = IdempotencyProperties.PREFIX + ".enabled", matchIfMissing = true)
    static final class Check {

        @Bean
        SmartInitializingSingleton respiteIdempotencyCheck(ConfigurableListableBeanFactory beans) {
            return rejection(beans, false, "Add respite-idempotency-servlet; or remove the annotation.");
        }
    }

    /** The same in an application with WebFlux, which no dependency makes fit. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    @ConditionalOnProperty(name = IdempotencyProperties.PREFIX + ".enabled", matchIfMissing = true)
    static final class ReactiveCheck {

        @Bean
        SmartInitializingSingleton respiteIdempotencyReactiveCheck(ConfigurableListableBeanFactory beans) {
            return rejection(
                    beans,
                    false,
                    "@Idempotent needs Spring MVC, and this is an application with WebFlux: serve these endpoints by Spring"
                            + " MVC, or remove the annotation and call Idempotency.execute in the handler.");
        }
    }

    @Bean
    @ConditionalOnMissingBean(name = "respiteIdempotentMethods")
    @ConditionalOnProperty(name = IdempotencyProperties.PREFIX + ".enabled", matchIfMissing = true)
    static SmartInitializingSingleton respiteIdempotentMethodCheck(ConfigurableListableBeanFactory beans) {
        return rejection(
                beans,
                true,
                "Add respite-idempotency-jdbc, spring-boot-starter-jdbc and spring-boot-starter-jackson, of which one is missing;"
                        + " or remove the annotation.");
    }

    private static SmartInitializingSingleton rejection(
            ConfigurableListableBeanFactory beans, boolean hasKey, String remedy) {
        return () -> {
            Collection<Method> methods = new ArrayList<>(AnnotatedMethods.of(
                    hasKey ? beans.getBeanDefinitionNames() : beans.getBeanNamesForAnnotation(Controller.class),
                    beans));
            methods.removeIf(method -> AnnotatedMethods.hasKey(method) != hasKey);
            if (!methods.isEmpty()) {
                throw new SetupException(
                        "@Idempotent has no effect in this application:\n  "
                                + methods.stream().map(Method::toString).collect(Collectors.joining("\n  ")),
                        remedy,
                        null);
            }
        };
    }
}
