package dev.respite.spring.boot.admission;

import dev.respite.spring.boot.setup.SetupException;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Checks the properties of a feature also where it is absent. An application without a server may have the properties of one with
 * a server, for example in a test.
 */
@AutoConfiguration(afterName = "dev.respite.spring.boot.admission.RespiteAdmissionAutoConfiguration")
@EnableConfigurationProperties(AdmissionProperties.class)
final class RespiteAdmissionCheckAutoConfiguration {

    /** Rejects an application that refuses nothing, because a dependency is missing. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnMissingBean(name = "respiteAdmissionFilter")
    @ConditionalOnBooleanProperty(AdmissionProperties.ENABLED)
    static final class Check {

        @Bean
        SmartInitializingSingleton respiteAdmissionCheck() {
            return rejection(
                    "respite-admission is not on the class path.",
                    "Add respite-admission; or remove " + AdmissionProperties.ENABLED + ".");
        }
    }

    /** The same in an application with WebFlux, which no dependency makes fit. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    @ConditionalOnBooleanProperty(AdmissionProperties.ENABLED)
    static final class ReactiveCheck {

        @Bean
        SmartInitializingSingleton respiteAdmissionReactiveCheck() {
            return rejection(
                    "it needs a servlet container, and this is an application with WebFlux.",
                    "Serve the requests by Spring MVC; or remove " + AdmissionProperties.ENABLED + ".");
        }
    }

    private static SmartInitializingSingleton rejection(String reason, String remedy) {
        return () -> {
            throw new SetupException(
                    AdmissionProperties.ENABLED + " has no effect in this application: " + reason, remedy, null);
        };
    }
}
