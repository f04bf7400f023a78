package dev.respite.benchmarks;

import dev.respite.benchmarks.admission.RetryRefusal;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;

/** One row of the table: a benchmark method. */
record Subject(Class<?> suite, String method) {

    /** The method that the others of its suite are compared with. */
    private static final String REFERENCE = "respite";

    private static final List<Class<?>> SUITES =
            List.of(FirstTrySuccess.class, WithBreaker.class, FailThenSucceed.class, RetryRefusal.class);

    private static final Map<String, String> LABELS = labels();

    private static Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("plainCall", "plain call");
        labels.put("readAndCount", "plain call, volatile read, `LongAdder`");
        labels.put("clockRead", "`System.nanoTime()`");
        labels.put("loop", "hand-written loop");
        labels.put(REFERENCE, "**Respite**");
        labels.put("respiteMetered", "**Respite**, with meters");
        labels.put("respiteCounted", "**Respite**, with a listener that counts");
        labels.put("respiteWritten", "**Respite**, with a listener of histories");
        labels.put("respiteDefault", "**Respite**, default policy");
        labels.put("respiteTimed", "**Respite**, with a total timeout");
        labels.put("respiteNoBudget", "**Respite**, budget off");
        labels.put("breakerAlone", "breaker alone");
        labels.put("resilience4j", "Resilience4j");
        labels.put("resilience4jEachTime", "Resilience4j, decorated for each call");
        labels.put("resilience4jCounted", "Resilience4j, with an event consumer");
        labels.put("failsafe", "Failsafe");
        labels.put("springCore", "Spring 7");
        labels.put("firstAttempt", "first attempt, admitted");
        labels.put("refusedRetry", "retry, refused");
        labels.put("refusedRetryWithKey", "retry with a key that has not completed, refused");
        return labels;
    }

    /** All of them, in the order of the table. */
    static List<Subject> all() {
        List<Subject> all = new ArrayList<>();
        for (Class<?> suite : SUITES) {
            for (String method : LABELS.keySet()) {
                if (has(suite, method)) {
                    all.add(new Subject(suite, method));
                }
            }
        }
        return all;
    }

    private static boolean has(Class<?> suite, String name) {
        for (Method method : suite.getMethods()) {
            if (method.getName().equals(name) && method.isAnnotationPresent(Benchmark.class)) {
                return true;
            }
        }
        return false;
    }

    Subject reference() {
        return new Subject(suite, REFERENCE);
    }

    /** Its name for JMH. */
    String benchmark() {
        return suite.getName() + "." + method;
    }

    String label() {
        return LABELS.getOrDefault(method, method);
    }

    @Override
    public String toString() {
        return suite.getSimpleName() + "." + method;
    }
}
