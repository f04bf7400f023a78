package dev.respite.http.exchange;

import dev.respite.testsupport.SpoiltText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Inputs for {@link ParserFuzz}: valid ones of each grammar, spoilt. */
final class FuzzInputs {

    private static final List<String> POLICIES = List.of(
            "max-attempts=5 backoff=exponential base-delay=100ms multiplier=2 max-delay=20s jitter=full",
            "max-retries=2 backoff=linear base-delay=1s increment=500ms jitter=none total-timeout=1m",
            "backoff=decorrelated base-delay=50ms max-delay=2s attempt-timeout=1s",
            "backoff=fibonacci base-delay=10ms jitter=proportional:0.2 budget=10%",
            "backoff=immediate max-attempts=2 budget=off total-timeout=off",
            "backoff=fixed base-delay=900us jitter=equal budget=grpc:10/0.1",
            "preset=course on.503.max-attempts=5 on.timeout.base-delay=2s",
            "preset=aws-standard-2.1 retry-after=cap retry-after-limit=5s",
            "preset=grpc retry-on=java.io.IOException,404,5xx stop-on=throttled,501",
            "unbounded=\"polls until \\\"done\\\"\" total-timeout=off budget=grpc:10/0.1",
            "on.java.net.SocketException.max-retries=4 on.4xx.jitter=none on.any.backoff=fixed budget=10%",
            "budget=success:0.5/20/10 retry-after=ignore jitter=additive");

    private static final List<String> POLICY_TOKENS = List.of(
            "=",
            "\"",
            "\\",
            " ",
            "\t",
            "\n",
            "\u00a0",
            ",",
            ".",
            ":",
            "/",
            "%",
            "-",
            "+",
            "0",
            "1",
            "00",
            "-1",
            "1e9",
            "NaN",
            "Infinity",
            "0x1p3",
            "99999999999999999999",
            "2147483647",
            "2147483648",
            "9223372036854775807",
            "0.1",
            "1.5",
            "0.0000000001",
            "1e-400",
            "ns",
            "us",
            "µs",
            "ms",
            "s",
            "m",
            "h",
            "d",
            "off",
            "any",
            "4xx",
            "6xx",
            "503",
            "on.",
            "on..",
            "on.503.",
            "max-attempts",
            "max-retries=0",
            "base-delay=0ms",
            "max-delay=0ms",
            "jitter=full",
            "jitter=proportional:",
            "preset=",
            "budget=",
            "budget=aws-2.0",
            "(custom)",
            "retry-on=",
            "stop-on=any",
            "backoff=exponential",
            "multiplier=1.0000001",
            "multiplier=1e308",
            "total-timeout=1ns",
            "İ",
            "ſ",
            "٥",
            "１",
            "\u0000",
            "\ud83d\ude00",
            "\ud800",
            "\u202e",
            "é");

    private static final List<String> HINT_NAMES = List.of(
            "x-should-retry",
            "stripe-should-retry",
            "respite-refused",
            "retry-after-ms",
            "x-ms-retry-after-ms",
            "x-amz-retry-after",
            "retry-after",
            "ratelimit",
            "ratelimit-remaining",
            "ratelimit-reset",
            "x-ratelimit-remaining-requests",
            "x-ratelimit-reset-requests",
            "x-ratelimit-remaining",
            "x-ratelimit-reset",
            "date");

    private static final List<String> HINTS = List.of(
            "true",
            "false",
            "0",
            "120",
            "1500.25",
            "1h6m0.5s",
            "20ms",
            "1773576030",
            "1773576030000",
            "99999999999999999999",
            "\"default\";r=0;t=30, \"burst\";r=5;t=1",
            "limit=100, remaining=0, reset=30",
            "\"a\\\"b\";pk=:cHVi:;r=0;t=7",
            "(\"a\" b;x=1.5);d=@17, \"c\";n=%\"caf%c3%a9\";r=0;t=7",
            "Sun, 15 Mar 2026 12:00:30 GMT",
            "Sunday, 15-Mar-26 12:00:30 GMT",
            "Sun Mar 15 12:00:30 2026");

    private static final List<String> HINT_TOKENS = List.of(
            "\"",
            "\\",
            ";",
            ",",
            "=",
            ":",
            " ",
            "\t",
            "r=0",
            "t=",
            "remaining=0",
            "reset=",
            "-",
            "+",
            ".",
            "..",
            "1e3",
            "0x1",
            "9223372036854775807",
            "9223372036854775808",
            "00000000000000000000",
            "GMT",
            "gmt",
            "UTC",
            "Sun",
            "Mar",
            "Feb 29",
            "٥",
            "１",
            "ſ",
            "İ",
            "\u0000",
            "\r\n",
            "\u00a0",
            "\ud83d\ude00",
            "\udc00",
            "(",
            "?1",
            "@1",
            "%\"x\"");

    private static final List<String> DATES = List.of(
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun Nov 06 08:49:37 1994",
            "Sat, 31 Dec 2016 23:59:60 GMT",
            "Saturday, 29-Feb-76 00:00:00 GMT",
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "Sat, 01 Jan 0000 00:00:00 GMT");

    private static final List<String> DATE_TOKENS = List.of(
            "Sun", "Sunday", "Mon", "Monday", "Nov", "Feb", "29", "30", "31", "00", "60", "24", "99", "9999", "0000",
            "-", ",", ", ", " ", "  ", ":", "GMT", "gmt", "UTC", "+0000", "\t", "\u00a0", "٥", "１", "ſ", "İ", "\u0000",
            "\ud800");

    private final SplittableRandom random;
    private final SpoiltText text;

    FuzzInputs(SplittableRandom random) {
        this.random = random;
        this.text = new SpoiltText(random);
    }

    String policy() {
        return text.of(POLICIES, POLICY_TOKENS);
    }

    String date() {
        return text.of(DATES, DATE_TOKENS);
    }

    int status() {
        return random.nextInt(4) == 0 ? random.nextInt() : random.nextBoolean() ? 429 : 503;
    }

    /** The given time, or one that is as far away as an instant can be. */
    Instant wallTime(Instant usual) {
        return switch (random.nextInt(20)) {
            case 0 -> Instant.MIN;
            case 1 -> Instant.MAX;
            case 2 ->
                Instant.ofEpochSecond(random.nextLong(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()));
            default -> usual;
        };
    }

    Map<String, List<String>> hints() {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        int fields = 1 + random.nextInt(5);
        for (int i = 0; i < fields; i++) {
            headers.computeIfAbsent(HINT_NAMES.get(random.nextInt(HINT_NAMES.size())), name -> new ArrayList<>())
                    .add(text.of(HINTS, HINT_TOKENS));
        }
        return headers;
    }
}
