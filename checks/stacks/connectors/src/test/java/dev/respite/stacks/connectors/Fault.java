package dev.respite.stacks.connectors;

import dev.respite.http.faulty.FaultyServer;
import dev.respite.http.faulty.Reply;
import dev.respite.http.faulty.ServerFault;

/** The treatment of each request of a call. */
@SuppressWarnings("ImmutableEnumChecker") // the faults have no state
enum Fault {
    OK("200", Reply.of(200).body("ok")),
    UNAVAILABLE("503", Reply.of(503)),
    LIMITED("429, `Retry-After: 1`", Reply.of(429).header("Retry-After", "1")),
    RESET("reset", ServerFault.reset()),
    CLOSE("close", ServerFault.close()),
    HANG("no response", ServerFault.hang()),
    SLOW_HEAD("slow head", ServerFault.dripHead(200, 60)),
    SLOW_ERROR("slow 503", ServerFault.drip(503, "x".repeat(10), 60)),
    HALF_BODY("half a body", ServerFault.half(200, "half")),
    LARGE_ERROR("503 of 4 MB", Reply.of(503).body(new byte[4_000_000])),
    PERMANENTLY_ELSEWHERE("307 elsewhere", Reply.of(307)),
    FOUND_ELSEWHERE("302 elsewhere", Reply.of(302));

    private final String title;
    private final ServerFault fault;

    Fault(String title, ServerFault fault) {
        this.title = title;
        this.fault = fault;
    }

    /** The title of its column in the documents. */
    String title() {
        return title;
    }

    boolean isRedirect() {
        return this == PERMANENTLY_ELSEWHERE || this == FOUND_ELSEWHERE;
    }

    /** Returns whether the server sends no whole head of a response in the time of an attempt. */
    boolean isWithoutHead() {
        return this == HANG || this == SLOW_HEAD;
    }

    /** Returns whether the server sends a response that is retried, with a body that is long or slow. */
    boolean isRejectedWithBody() {
        return this == SLOW_ERROR || this == LARGE_ERROR;
    }

    ServerFault act(FaultyServer elsewhere) {
        return isRedirect()
                ? ((Reply) fault).header("Location", elsewhere.uri("/elsewhere").toString())
                : fault;
    }
}
