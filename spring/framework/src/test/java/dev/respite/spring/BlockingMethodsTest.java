package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.ConnectException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.annotation.AliasFor;

/** Methods that return when they are done, behind both kinds of proxies. */
class BlockingMethodsTest {

    interface Payments {
        String charge(String order) throws IOException;

        int calls();
    }

    static class Bank implements Payments {
        private final IOException failure = new ConnectException("refused");
        private final int failures;
        private int calls;

        Bank() {
            this(2);
        }

        Bank(int failures) {
            this.failures = failures;
        }

        @Override
        @Respite("payments")
        public String charge(String order) throws IOException {
            calls++;
            if (calls <= failures) {
                throw failure;
            }
            return order + " paid";
        }

        @Override
        public int calls() {
            return calls;
        }
    }

    static class DownBank extends Bank {
        DownBank() {
            super(100);
        }
    }

    private static AnnotationConfigApplicationContext start(boolean ofClasses, Class<?>... components) {
        return ofClasses ? TestContext.ofClasses(components) : TestContext.ofInterfaces(components);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void call_ofAMethodThatFailsTwice_makesThreeAttempts(boolean ofClasses) throws IOException {
        try (var context = start(ofClasses, Bank.class)) {
            Payments payments = context.getBean(Payments.class);
            assertThat(AopUtils.isCglibProxy(payments)).isEqualTo(ofClasses);
            assertThat(payments.charge("tea")).isEqualTo("tea paid");
            assertThat(payments.calls()).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void call_thatFailsToTheEnd_throwsTheExceptionOfTheMethod(boolean ofClasses) {
        try (var context = start(ofClasses, DownBank.class)) {
            Payments payments = context.getBean(Payments.class);
            Throwable thrown = catchThrowable(() -> payments.charge("tea"));
            assertThat(thrown).isInstanceOf(ConnectException.class).hasNoSuppressedExceptions();
            assertThat(thrown).hasNoCause();
            assertThat(payments.calls()).isEqualTo(3);
        }
    }

    @Respite("quotes")
    static class Quotes {
        int calls;

        public String price(String symbol) throws IOException {
            if (++calls < 3) {
                throw new ConnectException("refused");
            }
            return symbol;
        }

        @Respite("payments")
        public String own() throws IOException {
            return price("own");
        }

        public int calls() {
            return calls;
        }

        @Override
        public String toString() {
            calls++;
            throw new IllegalStateException("not retried");
        }

        void reset() {
            calls = 0;
        }
    }

    @Test
    void publicMethods_ofAnAnnotatedClass_areRetriedUnderItsName() throws IOException {
        try (var context = TestContext.ofClasses(Quotes.class)) {
            Quotes quotes = context.getBean(Quotes.class);
            Retries retries = context.getBean(Retries.class);
            assertThat(quotes.price("ACME")).isEqualTo("ACME");
            assertThat(retries.get("quotes").counts().attempts()).isEqualTo(3);
            assertThat(quotes.calls()).isEqualTo(3);
            quotes.reset();
            assertThat(quotes.own()).isEqualTo("own");
            assertThat(retries.get("payments").counts().attempts()).isEqualTo(3);
        }
    }

    @Test
    void objectMethods_ofAnAnnotatedClass_areNotRetried() {
        try (var context = TestContext.ofClasses(Quotes.class)) {
            Quotes quotes = context.getBean(Quotes.class);
            assertThatThrownBy(quotes::toString).hasMessage("not retried");
            assertThat(context.getBean(Retries.class).get("quotes").counts().calls())
                    .isZero();
        }
    }

    interface Loader<T> {
        @Respite("quotes")
        T load(T key) throws IOException;

        @Respite("quotes")
        default String twice(Function<Integer, String> work) throws IOException {
            return work.apply(0) + work.apply(0);
        }
    }

    static class TextLoader implements Loader<String> {
        private int calls;

        @Override
        public String load(String key) throws IOException {
            if (++calls < 3) {
                throw new ConnectException("refused");
            }
            return key + calls;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void method_ofAGenericInterfaceThatIsAnnotated_isRetried(boolean ofClasses) throws IOException {
        try (var context = start(ofClasses, TextLoader.class)) {
            @SuppressWarnings("unchecked")
            Loader<String> loader = context.getBean(Loader.class);
            assertThat(loader.load("key")).isEqualTo("key3");
            assertThat(context.getBean(Retries.class).get("quotes").counts().calls())
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void defaultMethod_ofAnInterface_isRetried(boolean ofClasses) throws IOException {
        try (var context = start(ofClasses, TextLoader.class)) {
            int[] calls = {0};
            @SuppressWarnings("unchecked")
            Loader<String> loader = context.getBean(Loader.class);
            String value = loader.twice(ignored -> {
                if (calls[0]++ == 0) {
                    throw new UncheckedIOException(new ConnectException("refused"));
                }
                return "a";
            });
            assertThat(value).isEqualTo("aa");
            assertThat(calls[0]).isEqualTo(3);
        }
    }

    @Retention(RetentionPolicy.RUNTIME)
    @Respite("")
    @interface Retried {
        @AliasFor(annotation = Respite.class, attribute = "value")
        String by();
    }

    static class Composed {
        private int calls;

        @Retried(by = "quotes")
        public int call() throws IOException {
            if (++calls < 3) {
                throw new ConnectException("refused");
            }
            return calls;
        }
    }

    @Test
    void annotation_ofAnotherAnnotation_isFound() throws IOException {
        try (var context = TestContext.ofClasses(Composed.class)) {
            assertThat(context.getBean(Composed.class).call()).isEqualTo(3);
        }
    }

    static class Child extends Bank {
        @Override
        public String charge(String order) throws IOException {
            return super.charge(order) + " by a child";
        }
    }

    @Test
    void override_ofAnAnnotatedMethod_isRetriedOnce() throws IOException {
        try (var context = TestContext.ofClasses(Child.class)) {
            Child child = context.getBean(Child.class);
            assertThat(child.charge("tea")).isEqualTo("tea paid by a child");
            assertThat(child.calls()).isEqualTo(3);
        }
    }

    static class Arguments {
        @Respite("quotes")
        public String first(String[] values) throws IOException {
            if (values[0].equals("a")) {
                values[0] = "changed";
                throw new ConnectException("refused");
            }
            return values[0];
        }
    }

    @Test
    void laterAttempt_hasTheSameArguments() throws IOException {
        try (var context = TestContext.ofClasses(Arguments.class)) {
            assertThat(context.getBean(Arguments.class).first(new String[] {"a"}))
                    .isEqualTo("changed");
        }
    }
}
