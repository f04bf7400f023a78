package dev.respite.cli;

import dev.respite.cli.console.TextFormat;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.logging.FailureText;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The options that describe the request of {@code respite call}. */
final class RequestOptions {

    private static final String OFF = "off";
    private static final String AUTO = "auto";
    private static final int MAX_PORT = 65_535;

    /** Where a redirect leads to another server. */
    private static final Set<String> REMOVED_BY_THE_JDK = Set.of("authorization", "cookie");

    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://");

    @Parameters(paramLabel = "URL", description = "The target: http://... or https://...")
    private String url = "";

    @Option(
            names = {"-X", "--request"},
            paramLabel = "METHOD",
            description = "The method. Default GET; with -d, POST.")
    private Optional<String> method = Optional.empty();

    @Option(
            names = {"-H", "--header"},
            paramLabel = "'NAME: VALUE'",
            description = "A header. May be repeated.")
    private List<String> headers = List.of();

    @Option(
            names = {"-d", "--data"},
            paramLabel = "DATA",
            description = "The body: text, the bytes of a file (@FILE), or of stdin (@-). Its type is"
                    + " application/x-www-form-urlencoded, as curl's, unless a header says otherwise.")
    private Optional<String> data = Optional.empty();

    @Option(
            names = {"-L", "--location"},
            description = "Follow redirects, but not from https to http. Without it, a redirect is the response.")
    private boolean redirects;

    @Option(
            names = "--idempotency-key",
            paramLabel = "auto|VALUE|off",
            description = "auto: create a key; requires a server that honours keys. VALUE: send this key, in the"
                    + " quotes of the draft. off (default): send no key, and send an unsafe request once. A key"
                    + " given with -H also declares that the server honours keys.")
    private String key = OFF;

    /**
     * Returns the request.
     *
     * @throws ParameterException if an option is invalid
     */
    HttpRequest toRequest(CommandLine command, InputStream stdin) {
        try {
            List<GivenHeader> given = GivenHeader.parse(headers);
            if (!SCHEME.matcher(url).lookingAt()) {
                // The URL may be the value of a header.
                GivenHeader.requireValues(given);
            }
            if (redirects) {
                requireNoSecrets(given);
            }
            HttpRequest.Builder builder = HttpRequest.newBuilder(uri(url));
            given.forEach(header -> header.addTo(builder));
            if (data.isPresent() && given.stream().noneMatch(header -> header.isNamed("Content-Type"))) {
                builder.header("Content-Type", "application/x-www-form-urlencoded");
            }
            if (!key.equals(OFF) && !key.equals(AUTO)) {
                if (given.stream().anyMatch(header -> header.isNamed(IdempotencyKeys.HEADER))) {
                    throw new IllegalArgumentException("--idempotency-key and -H '" + IdempotencyKeys.HEADER
                            + ": …' are two keys; remove one of them");
                }
                IdempotencyKeys.supportedBy(origin()).field(key).forEach(builder::header);
            }
            return builder.method(method.orElse(data.isPresent() ? "POST" : "GET"), body(stdin))
                    .build();
        } catch (IllegalArgumentException | UncheckedIOException wrong) {
            throw new ParameterException(command, new SecretMask(false).text(String.valueOf(wrong.getMessage())));
        }
    }

    /** The client sends each header to the server that a redirect names; it removes only {@link #REMOVED_BY_THE_JDK}. */
    private void requireNoSecrets(List<GivenHeader> given) {
        Optional<String> secret = given.stream()
                .map(GivenHeader::name)
                .filter(name ->
                        (FailureText.isSecret(name) && !REMOVED_BY_THE_JDK.contains(name.toLowerCase(Locale.ROOT)))
                                || name.equalsIgnoreCase(IdempotencyKeys.HEADER)
                                || name.equalsIgnoreCase("X-" + IdempotencyKeys.HEADER))
                .findFirst()
                .or(() -> key.equals(OFF) ? Optional.empty() : Optional.of(IdempotencyKeys.HEADER));
        if (secret.isPresent()) {
            throw new IllegalArgumentException("-L would send the header " + secret.get()
                    + " to any server that a redirect names; leave out -L, and call the URL of the redirect");
        }
    }

    /**
     * Creates a client. It uses HTTP/2 where TLS negotiates it, and HTTP/1.1 without TLS, since few servers support the
     * upgrade.
     */
    HttpClient newClient() {
        if (redirects) {
            // The launcher sets 1 against retries of the JDK, whose client would follow no redirect. It is read at the
            // first request.
            System.clearProperty("jdk.httpclient.redirects.retrylimit");
        }
        boolean secure = url.regionMatches(true, 0, "https:", 0, 6);
        return HttpClient.newBuilder()
                .version(secure ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .followRedirects(redirects ? HttpClient.Redirect.NORMAL : HttpClient.Redirect.NEVER)
                .build();
    }

    boolean createsKey() {
        return key.equals(AUTO);
    }

    /** Returns whether the user declared that the server honours the key of this request. */
    boolean isKeyed(HttpRequest request) {
        return createsKey()
                || request.headers().firstValue(IdempotencyKeys.HEADER).isPresent()
                || request.headers().firstValue("X-" + IdempotencyKeys.HEADER).isPresent();
    }

    /** Returns the origin whose server honours keys. */
    URI origin() {
        return uri(url).resolve("/");
    }

    private static URI uri(String url) {
        String shown = SecretMask.badUrl(url);
        if (!SCHEME.matcher(url).lookingAt()) {
            throw new IllegalArgumentException("'" + shown + "' has no scheme; write http:// or https:// before it");
        }
        try {
            URI uri = new URI(url);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            if (uri.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
                throw new IllegalArgumentException(
                        shown + ": expected a URL with http:// or https:// and a host, such as http://localhost:8080/");
            }
            if (uri.getUserInfo() != null) {
                throw new IllegalArgumentException(
                        "credentials in a URL are not sent; give them with -H 'Authorization: …'");
            }
            if (uri.getPort() == 0 || uri.getPort() > MAX_PORT) {
                throw new IllegalArgumentException(shown + ": expected a port from 1 to " + MAX_PORT);
            }
            return uri;
        } catch (URISyntaxException wrong) {
            throw new IllegalArgumentException(
                    shown + ": not a URL: " + wrong.getReason() + " at character " + (wrong.getIndex() + 1), wrong);
        }
    }

    /** Reads the body completely before the first attempt, since a body of known length can be sent again. */
    private BodyPublisher body(InputStream stdin) {
        if (data.isEmpty()) {
            return BodyPublishers.noBody();
        }
        String given = data.get();
        if (!given.startsWith("@")) {
            return BodyPublishers.ofString(given, StandardCharsets.UTF_8);
        }
        return BodyPublishers.ofByteArray(given.equals("@-") ? read(stdin) : read(given.substring(1)));
    }

    private static byte[] read(InputStream stdin) {
        try {
            return stdin.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException("-d @-: cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    private static byte[] read(String file) {
        try {
            Path path = Path.of(file);
            try {
                return Files.readAllBytes(path);
            } catch (IOException unreadable) {
                throw new UncheckedIOException("-d @" + file + ": " + TextFormat.problem(path, unreadable), unreadable);
            }
        } catch (InvalidPathException wrong) {
            throw new IllegalArgumentException("-d @" + file + ": not a file name", wrong);
        }
    }
}
