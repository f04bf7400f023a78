package dev.respite.benchmarks.http;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletionStage;

/** One GET, of one contender. Used by all threads of a load. */
interface Exchange {

    /** Sends a request, waits for the response and returns the length of its body. */
    int send() throws Exception;

    /** Starts a request. */
    CompletionStage<HttpResponse<byte[]>> sendAsync();
}
