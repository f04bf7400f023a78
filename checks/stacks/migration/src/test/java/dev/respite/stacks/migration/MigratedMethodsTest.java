package dev.respite.stacks.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.retry.MaxRetriesExceededException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.retry.ExhaustedRetryException;

/**
 * The blocks {@code spring-boot} of {@code docs/migrating.md}: YAML configures this application, and Java is its code. A migrated
 * method makes the same number of requests, and returns the same.
 */
class MigratedMethodsTest {

    private static final Path PAGE = Path.of("../../../docs/migrating.md");
    private static final Path CODE = Path.of("src/test/java/dev/respite/stacks/migration");

    private static ConfigurableApplicationContext application;

    @BeforeAll
    static void start() throws IOException {
        YamlPropertiesFactoryBean reader = new YamlPropertiesFactoryBean();
        reader.setResources(blocks("yaml").stream()
                .map(yaml -> yaml.replace("com.example.Pending", Pending.class.getName()))
                .map(yaml -> new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                .toArray(ByteArrayResource[]::new));
        // The others have no budget, and these tests are an outage.
        Map<String, Object> properties = new LinkedHashMap<>(
                Map.of("quotes.attempts", 4, "respite.defaults.budget", "off", "logging.level.root", "OFF"));
        reader.getObject().forEach((name, value) -> properties.put((String) name, value));
        application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .properties(properties)
                .run();
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    private static List<String> blocks(String language) throws IOException {
        return Pattern.compile("(?s)```" + language + " spring-boot\n(.*?)\n```")
                .matcher(Files.readString(PAGE))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    private static String plain(String code) {
        return code.lines()
                .map(String::strip)
                .filter(line -> !line.equals("@Override"))
                .collect(Collectors.joining("\n"));
    }

    private final Market market = application.getBean(Market.class);

    @BeforeEach
    void reset() {
        market.requests.set(0);
    }

    private static Quotes quotes(String library) {
        return application.getBean(library, Quotes.class);
    }

    @Test
    void java_isCodeThatRuns() throws IOException {
        String code;
        try (Stream<Path> files = Files.list(CODE)) {
            code = plain(files.map(MigratedMethodsTest::read).collect(Collectors.joining()));
        }
        assertThat(blocks("java"))
                .hasSize(4)
                .allSatisfy(block -> assertThat(code).contains(plain(block)));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "resilience4jQuotes, ACME, 3, ACME 101.25",
        "springRetryQuotes,  ACME, 3, ACME 101.25",
        "respiteQuotes,      ACME, 3, ACME 101.25",
        "resilience4jQuotes, down, 4, down (cached)",
        "springRetryQuotes,  down, 4, down (cached)",
        "respiteQuotes,      down, 4, down (cached)",
        "resilience4jQuotes, unknown, 1, unknown (cached)",
        "springRetryQuotes,  unknown, 1, unknown (cached)",
        "respiteQuotes,      unknown, 1, unknown (cached)",
        "resilience4jQuotes, pending, 3, ACME 101.25",
        "respiteQuotes,      pending, 3, ACME 101.25",
    })
    void method_makesTheSameRequestsAndReturnsTheSame(String library, String symbol, int requests, String result)
            throws IOException {
        assertThat(quotes(library).price(symbol)).isEqualTo(result);
        assertThat(market.requests).hasValue(requests);
    }

    @Test
    void failureWithoutAFallback_isThrown_butBySpringRetry() {
        assertThatThrownBy(() -> quotes("resilience4jQuotes").price("malformed"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> quotes("springRetryQuotes").price("malformed"))
                .isInstanceOf(ExhaustedRetryException.class);
        assertThatThrownBy(() -> quotes("respiteQuotes").price("malformed"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(market.requests).hasValue(3);
    }

    @Test
    void rejectedResult_isReturned_butByResilience4jWithFailAfterMaxAttempts() throws IOException {
        assertThatThrownBy(() -> quotes("resilience4jQuotes").price("always pending"))
                .isInstanceOf(MaxRetriesExceededException.class);
        assertThat(market.requests).hasValue(4);
        assertThat(quotes("respiteQuotes").price("always pending")).isEqualTo("pending");
        assertThat(market.requests).hasValue(8);
    }

    @Test
    void listener_ofSpringRetry_hasEachFailure() throws IOException {
        Application.Log log = application.getBean(Application.Log.class);
        log.failures.clear();
        quotes("springRetryQuotes").price("down");
        assertThat(log.failures).containsExactly("refused", "refused", "refused", "refused");
    }
}
