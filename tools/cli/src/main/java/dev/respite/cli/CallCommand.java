package dev.respite.cli;

import dev.respite.Retry;
import dev.respite.RetryListener;
import dev.respite.cli.console.Console;
import dev.respite.cli.console.ExitCodes;
import dev.respite.cli.console.Interruption;
import dev.respite.cli.console.TextFormat;
import dev.respite.http.RetryingHttpClient;
import dev.respite.http.exchange.IdempotencyKeys;
import dev.respite.policy.Explanation;
import dev.respite.policy.Explanation.Warning;
import dev.respite.policy.RetryPolicy;
import dev.respite.time.TimeSource;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;

/** {@code respite call}: one HTTP call under a policy. */
@Command(
        name = CallCommand.NAME,
        header = "Makes one HTTP call, with retries.",
        description = {
            "%nThe body of the last response goes to stdout unchanged once it is complete; stderr has a line for each"
                    + " attempt. A method that is not idempotent (POST, PATCH) is retried only if certainly nothing was"
                    + " sent, or with an idempotency key."
        },
        exitCodeList = {
            "  0:a response with a status below 400",
            "  7:the connection failed, or the host name cannot be resolved",
            " 22:the last response has an error status, 400 or above; its body is on stdout",
            " 23:the body or the report could not be written",
            " 28:the last attempt timed out",
            " 56:another network error",
            " 64:wrong usage, or an invalid policy",
            "130:interrupted"
        },
        footer = {
            "  respite call --max-attempts 5 --attempt-timeout 2s https://example.com/quote",
            "  respite call --policy 'preset=grpc total-timeout=5s' http://localhost:8080/",
            "  respite call --idempotency-key auto -H 'Content-Type: application/json' \\",
            "      -d @payment.json https://example.com/payments",
            "",
            "The report: url, status (of the last response, or null), error (the message of a failure without a response,"
                    + " or null), attempts (number, outcome, startMs, durationMs, delayAfterMs or null, hintMs: the delay"
                    + " that the server requested, or null), omitted (attempts in the"
                    + " middle that are not listed: the first 8 and the last 8 are), stopReason (accepted,"
                    + " fatal, attempts-exhausted, total-timeout, budget-exhausted, retry-forbidden-by-server, retry-after-too-long,"
                    + " not-idempotent, input-consumed, already-retried, circuit-open, interrupted, cancelled),"
                    + " elapsedMs."
        })
final class CallCommand implements Callable<Integer> {

    /** The name of the command. */
    static final String NAME = "call";

    private final Console console;
    private final CommandSpec spec;

    @Mixin
    private final RequestOptions request = new RequestOptions();

    @Mixin
    private final OutputOptions output = new OutputOptions();

    /** The warnings that matter for a single call. Those about the delays of many clients do not. */
    private static final Set<String> RELEVANT_WARNINGS = Set.of(
            "unknown-error-name",
            "rule-without-effect",
            "retry-on-without-effect",
            "retries-everything",
            "retries-permanent-error");

    private CallCommand(Console console) {
        this.console = console;
        this.spec = CommandSpec.forAnnotatedObject(this);
    }

    /** Creates the command. */
    static CommandLine create(Console console) {
        CommandSpec spec = new CallCommand(console).spec;
        PolicyOptions.addTo(spec);
        return new CommandLine(spec);
    }

    private void warn(Warning warning) {
        if (!output.isSilent()) {
            console.printMessage("warning: " + warning.code() + ": " + warning.message());
        }
    }

    @Override
    public Integer call() {
        RetryPolicy policy = PolicyOptions.read(spec.commandLine().getParseResult());
        HttpRequest prepared = request.toRequest(spec.commandLine(), console.in());
        Explanation.of(policy).warnings().stream()
                .filter(warning -> RELEVANT_WARNINGS.contains(warning.code()))
                .forEach(this::warn);
        if (!request.isKeyed(prepared)) {
            UnsafeMethod.warnings(prepared.method(), false, policy).forEach(this::warn);
        }
        Optional<String> unwritable = output.beforeSending();
        if (unwritable.isPresent()) {
            console.printMessage(unwritable.get());
            return ExitCodes.CANNOT_WRITE;
        }
        ResponseHints hints = new ResponseHints(policy);
        CallReport happened = new CallReport(prepared.uri(), hints, output.mask());
        Retry retry = Retry.withoutWarnings(policy, TimeSource.system()).withListener(happened);
        for (RetryListener printer : output.printers(console, prepared, hints)) {
            retry = retry.withListener(printer);
        }
        RetryingHttpClient client = RetryingHttpClient.of(request.newClient(), retry);
        if (request.createsKey()) {
            client = client.withIdempotencyKeys(IdempotencyKeys.supportedBy(request.origin()));
        }
        try (Interruption interruption = Interruption.onExit(Thread.currentThread())) {
            int code = send(client, prepared);
            // Clears the interrupt flag, so that the report can be written.
            if (Thread.interrupted() || interruption.isRequested()) {
                console.printMessage("interrupted");
                code = ExitCodes.INTERRUPTED;
            }
            int written = output.writeReport(console, happened);
            return code == ExitCodes.OK ? written : code;
        }
    }

    private int send(HttpClient client, HttpRequest prepared) {
        try {
            HttpResponse<byte[]> response = client.send(prepared, BodyHandlers.ofByteArray());
            int written = output.writeBody(console, response.body());
            return written == ExitCodes.OK && response.statusCode() >= 400 ? ExitCodes.HTTP_ERROR : written;
        } catch (IOException failed) {
            NetworkErrors failure = NetworkErrors.of(failed);
            String message = output.mask().text(failure.message() + " (" + prepared.uri() + ")");
            console.printMessage(TextFormat.printable(message));
            return failure.exitCode();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return ExitCodes.INTERRUPTED;
        }
    }
}
