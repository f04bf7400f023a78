package dev.respite.cli;

import dev.respite.RetryEvent;
import dev.respite.RetryListener;
import dev.respite.cli.console.TextFormat;
import dev.respite.outcome.Outcome;
import dev.respite.outcome.StopReason;
import java.io.PrintStream;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Locale;

/**
 * Prints the headers of the request and of the response of each attempt, as curl does. The request has the headers that the
 * call has set; the JDK's client adds others, such as {@code Host}.
 */
final class HeaderLines implements RetryListener {

    private final PrintStream err;
    private final HttpRequest request;
    private final SecretMask mask;

    HeaderLines(PrintStream err, HttpRequest request, SecretMask mask) {
        this.err = err;
        this.request = request;
        this.mask = mask;
    }

    @Override
    public void on(RetryEvent event) {
        if (event instanceof RetryEvent.AttemptFailed failed) {
            print(failed.outcome());
        } else if (event instanceof RetryEvent.CallEnded ended && ended.reason() == StopReason.ACCEPTED) {
            print(ended.outcome());
        }
    }

    private void print(Outcome<?> outcome) {
        ResponseHints.response(outcome).ifPresentOrElse(this::print, () -> print(request));
    }

    private void print(HttpResponse<?> response) {
        response.previousResponse().ifPresent(this::print);
        print(response.request());
        String version = response.version() == java.net.http.HttpClient.Version.HTTP_2 ? "HTTP/2" : "HTTP/1.1";
        print('<', version + " " + response.statusCode());
        print('<', response.headers());
    }

    private void print(HttpRequest sent) {
        print('>', sent.method() + " " + mask.text(sent.uri().toString()));
        print('>', sent.headers());
    }

    private void print(char direction, HttpHeaders headers) {
        headers.map()
                .forEach((name, values) -> values.forEach(
                        value -> print(direction, name.toLowerCase(Locale.ROOT) + ": " + mask.value(name, value))));
        err.println(direction);
    }

    private void print(char direction, String line) {
        err.println(direction + " " + TextFormat.printable(line));
    }
}
