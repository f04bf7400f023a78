package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What cannot work is refused when the bean is created, with the remedy. */
class StartChecksTest {

    private static void assertRefused(Class<?> component, String... parts) {
        assertThatThrownBy(() -> TestContext.ofClasses(component).close())
                .rootCause()
                .satisfies(failure -> assertThat(failure.getMessage()).contains(parts));
    }

    static class UnknownName {
        @Respite("paymets")
        public void charge() {}
    }

    @Test
    void unknownName_isRefusedWithTheNearest() {
        assertRefused(
                UnknownName.class,
                "no retry has the name 'paymets'",
                "did you mean 'payments'?",
                "the names are payments, quotes");
        assertThatThrownBy(() -> TestContext.ofClasses(UnknownName.class).close())
                .hasMessageContaining("@Respite of " + UnknownName.class.getName() + ".charge()");
    }

    static class PrivateMethod {
        @Respite("payments")
        private void charge() {}
    }

    static class StaticMethod {
        @Respite("payments")
        public static void charge() {}
    }

    static class FinalMethod {
        @Respite("payments")
        public final void charge() {}
    }

    @Respite("payments")
    static class FinalMethodOfAClass {
        public final void charge() {}
    }

    @Test
    void methodThatNoProxyOverrides_isRefused() {
        assertRefused(PrivateMethod.class, "PrivateMethod.charge() is private", "make it public");
        assertRefused(StaticMethod.class, "StaticMethod.charge() is static");
        assertRefused(FinalMethod.class, "FinalMethod.charge() is final", "remove 'final'");
        assertRefused(FinalMethodOfAClass.class, "FinalMethodOfAClass.charge() is final");
    }

    interface Ledger {
        void book();
    }

    static class NotInItsInterface implements Ledger {
        @Override
        public void book() {}

        @Respite("payments")
        public void charge() {}
    }

    @Test
    void methodOfNoInterface_behindAProxyOfInterfaces_isRefused() {
        assertThatThrownBy(
                        () -> TestContext.ofInterfaces(NotInItsInterface.class).close())
                .hasMessageContaining("NotInItsInterface.charge() is in no interface")
                .hasMessageContaining("proxyTargetClass");
        assertThatCode(() -> TestContext.ofClasses(NotInItsInterface.class).close())
                .doesNotThrowAnyException();
    }

    static class FinalInItsInterface implements Ledger {
        @Respite("payments")
        @Override
        public final void book() {}
    }

    @Test
    void finalMethod_behindAProxyOfInterfaces_isAllowed() {
        assertThatCode(() -> TestContext.ofInterfaces(FinalInItsInterface.class).close())
                .doesNotThrowAnyException();
    }

    static class ReturnsFuture {
        @Respite("payments")
        public Future<String> charge() {
            return CompletableFuture.completedFuture("");
        }
    }

    static class MyFuture extends CompletableFuture<String> {}

    static class ReturnsASubclass {
        @Respite("payments")
        public MyFuture charge() {
            return new MyFuture();
        }
    }

    @Test
    void returnType_thatCannotBeRetried_isRefused() {
        assertRefused(ReturnsFuture.class, "ReturnsFuture.charge() returns a Future", "CompletionStage");
        assertRefused(ReturnsASubclass.class, "returns a " + MyFuture.class.getName());
    }

    static class NoSuchFallback {
        @Respite(value = "payments", fallback = "chargeLatre")
        public void charge(String order) {}

        void chargeLater(String order) {}
    }

    static class OtherParameters {
        @Respite(value = "payments", fallback = "later")
        public void charge(String order) {}

        void later(int order) {}

        void later(Throwable failure, String order) {}
    }

    static class OtherReturnType {
        @Respite(value = "payments", fallback = "none")
        public List<String> orders() {
            return List.of();
        }

        List<Integer> none() {
            return List.of();
        }
    }

    static class TwoFallbacks {
        @Respite(value = "payments", fallback = "later")
        public void charge(String order) {}

        void later(String order) {}

        void later(String order, Throwable failure) {}
    }

    @Respite(value = "payments", fallback = "later")
    static class FallbackOfAClass {
        public void charge(String order) {}
    }

    @Test
    void fallback_thatDoesNotFit_isRefused() {
        assertRefused(
                NoSuchFallback.class,
                "the fallback 'chargeLatre' of " + NoSuchFallback.class.getName() + ".charge(String) is not a method",
                "did you mean 'chargeLater'?");
        assertRefused(OtherParameters.class, "later(Throwable, String) and later(int)", "declare later(String)");
        assertRefused(
                OtherReturnType.class,
                "returns java.util.List<java.lang.Integer>, and the retried method java.util.List<java.lang.String>");
        assertRefused(TwoFallbacks.class, "stands for several methods");
        assertRefused(FallbackOfAClass.class, "is on the class", "annotate the method");
    }

    static class GenericFallback {
        @Respite(value = "payments", fallback = "none")
        public <T> List<T> orders(Class<T> type) {
            return List.of();
        }

        <T> List<T> none(Class<T> type) {
            return List.of();
        }
    }

    @Test
    void fallback_ofAGenericMethod_isAllowed() {
        assertThatCode(() -> TestContext.ofClasses(GenericFallback.class).close())
                .doesNotThrowAnyException();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableRespite
    static class WithoutRetries {
        @Bean
        GenericFallback bean() {
            return new GenericFallback();
        }
    }

    @Test
    void contextWithoutRetries_isRefusedWithTheRemedy() {
        assertThatThrownBy(() -> new AnnotationConfigApplicationContext(WithoutRetries.class).close())
                .hasMessageContaining("@Respite needs one bean of the type dev.respite.spring.Retries");
    }

    static class Early {
        @Respite("payments")
        public void charge() {}
    }

    static class NeedsItEarly implements BeanFactoryPostProcessor {
        @Override
        public void postProcessBeanFactory(ConfigurableListableBeanFactory factory) {
            factory.getBean(Early.class);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class WithAnotherProxy {
        @Bean
        static Early early() {
            return (Early) new ProxyFactory(new Early()).getProxy();
        }
    }

    @Test
    void method_behindASubclassThatAnotherFactoryHasMade_isAllowed() {
        assertThatCode(() -> TestContext.ofInterfaces(WithAnotherProxy.class).close())
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(classes = {Early.class, WithAnotherProxy.class})
    void beanThatIsCreatedTooEarly_isLogged_andOthersAreNot(Class<?> component) {
        try (LogLines lines = new LogLines()) {
            TestContext.ofClasses(component, NeedsItEarly.class).close();
            TestContext.ofClasses(component).close();
            assertThat(lines.containing("was created without a proxy"))
                    .singleElement()
                    .asString()
                    .contains(Early.class.getName());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableRespite
    static class WithAttemptTimeout {
        @Bean
        Retries retries() {
            return Retries.of(dev.respite.Retry.withoutWarnings(
                            RetryPolicy.parse("max-attempts=2 base-delay=1ms budget=off attempt-timeout=20ms"),
                            TimeSource.system())
                    .withName("payments"));
        }
    }

    static class Hangs {
        private int calls;

        @Respite("payments")
        public int charge() {
            return ++calls;
        }

        @Respite(value = "payments", interrupt = true)
        public int hangAtFirst() throws InterruptedException {
            if (++calls == 1) {
                boolean unused = new CountDownLatch(1).await(3, TimeUnit.SECONDS);
            }
            return calls;
        }
    }

    @Test
    void attemptTimeout_ofABlockingMethod_isLoggedOrInterrupts() throws InterruptedException {
        try (LogLines lines = new LogLines();
                var context = new AnnotationConfigApplicationContext(WithAttemptTimeout.class, Hangs.class)) {
            assertThat(lines.containing("the attempt-timeout of 'payments' has no effect on"))
                    .singleElement()
                    .asString()
                    .startsWith("WARNING")
                    .contains("Hangs.charge()", "@Respite(interrupt = true)");
            assertThat(context.getBean(Hangs.class).hangAtFirst()).isEqualTo(2);
        }
    }

    static class InterruptsAStage {
        @Respite(value = "payments", interrupt = true)
        public CompletableFuture<String> charge() {
            return CompletableFuture.completedFuture("");
        }
    }

    @Test
    void interruptOfAnAsynchronousMethod_isRefused() {
        assertRefused(InterruptsAStage.class, "charge() is asynchronous", "remove 'interrupt'");
    }

    @Test
    void twoRetries_ofOneName_areRefused() {
        var retry = dev.respite.Retry.withDefaults().withName("quotes");
        assertThatThrownBy(() -> Retries.of(retry, retry)).hasMessageContaining("two retries have the name 'quotes'");
        assertThatThrownBy(() -> Retries.of().get("quotes")).hasMessageContaining("there is none at all");
    }
}
