package dev.respite.verification;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples in the API documentation of the core and of durable calls compile, with the services that they assume. */
class JavadocExamplesTest {

    private static final Pattern EXAMPLE =
            Pattern.compile("<pre>\\{@code\\n(.*?)\\n\\s*\\* ?\\s*}</pre>", Pattern.DOTALL);

    private static final String IMPORTS = """
            import dev.respite.*;
            import dev.respite.call.*;
            import dev.respite.driver.*;
            import dev.respite.durable.*;
            import dev.respite.durable.http.*;
            import dev.respite.durable.idempotency.*;
            import dev.respite.failure.*;
            import dev.respite.hedge.*;
            import dev.respite.http.exchange.*;
            import dev.respite.idempotency.Scope;
            import dev.respite.idempotency.jdbc.*;
            import dev.respite.outcome.*;
            import dev.respite.policy.*;
            import java.net.URI;
            import java.sql.Connection;
            import java.time.Duration;
            import java.util.*;
            import java.util.concurrent.*;
            import java.util.logging.Logger;
            import javax.sql.DataSource;
            """;

    private static final String WORLD = """
            record Quote(String text) { static final Quote UNKNOWN = new Quote(""); }
            record Receipt(String id) {}
            record Job(String id) { boolean isDone() { return true; } }
            static class AcmeException extends RuntimeException { int status() { return 503; } }
            interface Service {
                Quote fetch(String symbol);
                Job job(String id);
                Receipt charge(String order);
                Receipt send(String order);
                void pay(String order, String key);
            }
            interface AsyncService { CompletableFuture<Quote> fetch(String symbol); }
            Service client, provider, payments;
            Breaker breaker;
            Executor pool;
            Retry retry;
            RetryPolicy policy;
            RetryPolicyBuilder builder;
            Logger log;
            DataSource dataSource;
            DurableTask<String> credit;
            String id, order;
            void connect() {}
            void send() {}
            void store(Connection connection, String text) {}
            void book(Connection connection, String data) {}
            boolean isQuota(Outcome<?> outcome) { return false; }
            """;

    @Test
    void examples_compile(@TempDir Path folder) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : List.of("core", "durable")) {
            Path main = SourceTree.ROOT.resolve(module).resolve("src/main/java");
            try (var files = Files.walk(main)) {
                for (Path file : files.filter(path -> path.toString().endsWith(".java"))
                        .sorted()
                        .toList()) {
                    for (String example : examples(Files.readString(file))) {
                        String name = "Example" + sources.size();
                        String text = source(name, example) + "// of " + main.relativize(file) + "\n";
                        sources.add(Files.writeString(folder.resolve(name + ".java"), text));
                    }
                }
            }
        }
        assertThat(sources).hasSizeGreaterThan(18);
        JavaSources.compile(sources, folder);
    }

    private static List<String> examples(String source) {
        return EXAMPLE.matcher(source)
                .results()
                .map((MatchResult found) -> found.group(1).replaceAll("(?m)^\\s*\\* ?", ""))
                .toList();
    }

    private static String source(String name, String example) {
        boolean isSpring = example.contains("RetryTemplate");
        String service = example.contains("CompletableFuture<Quote>") ? "AsyncService" : "Service";
        String imports = IMPORTS
                + (isSpring
                        ? "import org.springframework.core.retry.*;\nimport org.springframework.core.retry.RetryPolicy;\n"
                        : "import dev.respite.policy.RetryPolicy;\n");
        String world = isSpring ? "" : WORLD + service + " service;\n";
        return imports + "class " + name + " {\n" + world + body(example) + "\n}\n";
    }

    private static String body(String example) {
        if (example.startsWith("public final class")) {
            return example.replaceFirst("public", "static");
        }
        String statements = example.contains(";") ? example : "var value = " + example + ";";
        return "Object example() throws Exception {\n" + statements
                + (example.contains("return result") ? "" : "\nreturn null;") + "\n}";
    }
}
