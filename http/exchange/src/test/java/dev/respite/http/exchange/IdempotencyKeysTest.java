package dev.respite.http.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests get a key. */
class IdempotencyKeysTest {

    @ParameterizedTest
    @CsvSource({
        "https://api.example.com, https://api.example.com/x, true",
        "https://api.example.com, https://API.Example.COM/x, true",
        "HTTPS://api.example.com, https://api.example.com:443/x, true",
        "https://api.example.com:443, https://api.example.com/x, true",
        "http://api.example.com:80/, http://api.example.com/x, true",
        "https://api.example.com, http://api.example.com/x, false",
        "https://api.example.com, https://api.example.com:8443/x, false",
        "https://api.example.com, https://example.com/x, false",
        "https://api.example.com, https://api.example.com.evil.org/x, false",
        "http://api.example.com:443, https://api.example.com:443/x, false",
    })
    void isNeededBy_origin_isComparedWithItsPortAndNotByCase(URI place, URI requested, boolean expected) {
        assertThat(IdempotencyKeys.supportedBy(place).isNeededBy("POST", () -> requested, name -> List.of()))
                .isEqualTo(expected);
    }

    @Test
    void isNeededBy_severalPlaces_areEachLookedAt() {
        IdempotencyKeys keys = IdempotencyKeys.supportedBy(URI.create("https://a/x"), URI.create("https://b/y"));

        assertThat(keys.isNeededBy("POST", () -> URI.create("https://a/x"), name -> List.of()))
                .isTrue();
        assertThat(keys.isNeededBy("POST", () -> URI.create("https://b/y/z"), name -> List.of()))
                .isTrue();
        assertThat(keys.isNeededBy("POST", () -> URI.create("https://b/x"), name -> List.of()))
                .isFalse();
    }

    @Test
    void supportedByAnyHttpsOrigin_isOfEveryHttpsUriAndNamesNoPlace() {
        IdempotencyKeys keys = IdempotencyKeys.supportedByAnyHttpsOrigin()
                .withHeader("webhook-id")
                .withUnquotedKeys();
        assertThat(keys.isSupportedBy(URI.create("HTTPS://hooks.example.com/x")))
                .isTrue();
        assertThat(keys.isSupportedBy(URI.create("http://hooks.example.com/x"))).isFalse();
        assertThat(keys.places()).isEmpty();
        assertThat(keys.field("7")).containsExactly(Map.entry("webhook-id", "7"));
    }

    @Test
    void places_areThoseNamed() {
        URI place = URI.create("https://api.example.com/payments");
        assertThat(IdempotencyKeys.supportedBy(place).withUnquotedKeys().places())
                .containsExactly(place);
    }

    @Test
    void field_keyThatCannotBeSent_isRejectedWithoutTheKey() {
        IdempotencyKeys keys = IdempotencyKeys.supportedBy(URI.create("https://pay.example.com"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> keys.field("alice@example.com\n"))
                .withMessage(
                        "an idempotency key of 18 characters cannot be sent in a header, because of character 18: use"
                                + " printable ASCII characters, such as a UUID");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> keys.field(""))
                .withMessageStartingWith("an idempotency key of 0 characters cannot be sent in a header: use");
    }

    /** RFC 9562, section 5.7: databases keep keys in order that begin with the time. */
    @Test
    void mint_isAUuidOfVersion7WithTheTimeOfTheCall() {
        Instant now = Instant.parse("2026-11-30T12:00:00.123Z");
        IdempotencyKeys keys = IdempotencyKeys.supportedBy(URI.create("https://pay.example.com"));
        UUID key = UUID.fromString(keys.withUnquotedKeys().mint(now));
        assertThat(key.version()).isEqualTo(7);
        assertThat(key.variant()).isEqualTo(2);
        assertThat(key.getMostSignificantBits() >>> 16).isEqualTo(now.toEpochMilli());
        List<String> others = Stream.generate(() -> keys.mint(now)).limit(100).toList();
        assertThat(others).doesNotHaveDuplicates().allMatch(other -> other.matches("\"[0-9a-f-]{36}\""));
        assertThat(others.stream().map(other -> other.substring(16, 19)).distinct())
                .as("the bits after the version")
                .hasSizeGreaterThan(50);
    }

    @ParameterizedTest
    @CsvSource({"7, true", "'', false", "' ', false"})
    void isNeededBy_headerOfTheCaller_isAKeyUnlessItIsBlank(String value, boolean isKey) {
        IdempotencyKeys keys = IdempotencyKeys.supportedBy(URI.create("https://pay.example.com"));
        Function<String, List<String>> headers = name -> name.equals("Idempotency-Key") ? List.of(value) : List.of();
        assertThat(keys.isNeededBy("POST", () -> URI.create("https://pay.example.com/x"), headers))
                .isEqualTo(!isKey);
        assertThat(keys.isCarriedBy(headers)).isEqualTo(isKey);
    }

    @ParameterizedTest
    @ValueSource(strings = {"azAZ09", "x-key", "!#$%&'*+-.^_`|~"})
    void withHeader_token_isTheNameOfTheField(String name) {
        IdempotencyKeys keys = IdempotencyKeys.supportedBy(URI.create("https://pay.example.com"));
        assertThat(keys.withHeader(name).field("7")).containsOnlyKeys(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "Connection", "Host"})
    void withHeader_nameThatCannotBeSent_isRefused(String name) {
        IdempotencyKeys keys = IdempotencyKeys.supportedBy(URI.create("https://pay.example.com"));
        assertThatIllegalArgumentException().isThrownBy(() -> keys.withHeader(name));
    }
}
