package dev.respite.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Calls by {@code this} are found in the byte code, and only those. */
class SelfCallsTest {

    private static String logged(Class<?> component) {
        try (LogLines lines = new LogLines()) {
            TestContext.ofClasses(component).close();
            return String.join("\n", lines.containing("calls its own methods"));
        }
    }

    static class Calls {
        private final long scale = 3;
        private Calls self = this;

        @Respite("payments")
        public String charge(String order, long amount) {
            return order + amount;
        }

        @Respite("payments")
        public String covered() {
            return charge("covered", 1);
        }

        public String plain(long amount) {
            return charge("a" + amount, amount * scale % 7 + (amount > 3 ? 1 : 2));
        }

        public String inAnArgument(double[] values) {
            return String.valueOf(this.charge("a", (long) values[1]))
                    + charge("b", 2L << 3).strip();
        }

        public String ints(int[] values, int index) {
            return charge("i", values[index] + (index << 2) - values.length);
        }

        public Supplier<String> lambda() {
            return () -> charge("lambda", 1);
        }

        public Supplier<String> reference() {
            return this::covered;
        }

        public String afterACatch() {
            try {
                return "x";
            } catch (IllegalStateException caught) {
                return charge(caught.getMessage(), 1);
            }
        }

        public String inASwitch(String text) {
            return switch (text) {
                case "a" -> charge("a", 1);
                default -> "none";
            };
        }
    }

    @Test
    void callsByThis_areNamedWithTheirCallers() {
        assertThat(logged(Calls.class))
                .contains(
                        "plain -> charge",
                        "ints -> charge",
                        "inAnArgument -> charge",
                        "lambda -> charge",
                        "reference -> covered",
                        "afterACatch -> charge",
                        "inASwitch -> charge")
                .doesNotContain("covered -> charge");
    }

    static class ByItsProxy {
        private final ByItsProxy self = this;

        @Respite("payments")
        public String charge(String order) {
            return order;
        }

        String other(ByItsProxy parameter, boolean which) {
            String all = self.charge("field") + parameter.charge("parameter") + bean().charge("result");
            return all + (which ? self : parameter).charge(this.toString());
        }

        Supplier<String> reference() {
            return () -> self.charge("lambda");
        }

        private ByItsProxy bean() {
            return self;
        }
    }

    @Test
    void callsOnAnotherReference_areNotNamed() {
        assertThat(logged(ByItsProxy.class)).isEmpty();
    }

    static class Base {
        public String pay() {
            return charge();
        }

        public String charge() {
            return "";
        }
    }

    static class Derived extends Base {
        @Override
        @Respite("payments")
        public String charge() {
            return super.charge();
        }
    }

    @Test
    void callOfASuperclass_isNamed() {
        assertThat(logged(Derived.class)).contains("pay -> charge");
    }

    @Respite("payments")
    static class OfAClass {
        public void charge() {}

        public void pay() {
            helper();
        }

        private void helper() {
            charge();
        }
    }

    @Test
    void callsInAnAnnotatedClass_areCoveredByTheirCallers() {
        assertThat(logged(OfAClass.class)).isEmpty();
    }
}
