package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;

/** Applications with the starter of Resilience4j, which has a registry of retries whether they are used or not. */
class Resilience4jUseTest {

    private final GenericApplicationContext context = new GenericApplicationContext();

    Resilience4jUseTest() {
        context.registerBean("retryRegistry", RetryRegistry.class, RetryRegistry::ofDefaults);
    }

    @AfterEach
    void close() {
        context.close();
    }

    private boolean isWithoutRetries() {
        context.refresh();
        for (String name : context.getBeanDefinitionNames()) {
            context.getBean(name);
        }
        return new Resilience4jUse(context).isWithoutRetries();
    }

    /** A bean of the application. */
    static class Payments {
        String pay() {
            return "paid";
        }
    }

    static class AnnotatedMethod extends Payments {
        @Override
        @io.github.resilience4j.retry.annotation.Retry(name = "payments")
        String pay() {
            return "paid";
        }
    }

    @io.github.resilience4j.retry.annotation.Retry(name = "payments")
    static class AnnotatedClass extends Payments {}

    static final class UserOfTheRegistry extends Payments {
        final RetryRegistry registry;

        UserOfTheRegistry(RetryRegistry registry) {
            this.registry = registry;
        }
    }

    @Test
    void registryThatNothingRefersTo_isWithoutRetries() {
        context.registerBean(Payments.class);
        assertThat(isWithoutRetries()).isTrue();
    }

    @Test
    void noRegistry_isNotKnownToBeWithoutRetries() {
        context.removeBeanDefinition("retryRegistry");
        assertThat(isWithoutRetries()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"instances", "backends"})
    void configuredInstance_isAUse(String key) {
        Map<String, Object> properties = Map.of("resilience4j.retry." + key + ".payments.max-attempts", "3");
        context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties));
        assertThat(isWithoutRetries()).isFalse();
    }

    @Test
    void beanThatIsARetry_isAUse() {
        context.registerBean(Retry.class, () -> Retry.ofDefaults("payments"));
        assertThat(isWithoutRetries()).isFalse();
    }

    @Test
    void beanThatTakesTheRegistry_isAUse() {
        context.registerBean(
                UserOfTheRegistry.class, () -> new UserOfTheRegistry(context.getBean(RetryRegistry.class)));
        context.getBeanFactory().registerDependentBean("retryRegistry", UserOfTheRegistry.class.getName());
        assertThat(isWithoutRetries()).isFalse();
    }

    /** The starter's own beans, such as its metrics, take it too. */
    @Test
    void beanOfResilience4jThatTakesTheRegistry_isNoUse() {
        context.registerBean("config", RetryConfig.class, RetryConfig::ofDefaults);
        context.getBeanFactory().registerDependentBean("retryRegistry", "config");
        assertThat(isWithoutRetries()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(classes = {AnnotatedMethod.class, AnnotatedClass.class})
    void annotatedBean_isAUse(Class<? extends Payments> type) {
        context.registerBean(type);
        assertThat(isWithoutRetries()).isFalse();
    }
}
