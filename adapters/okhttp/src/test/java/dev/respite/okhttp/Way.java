package dev.respite.okhttp;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Request;
import okhttp3.Response;

/** The ways in which a call is made. */
enum Way {
    EXECUTE {
        @Override
        Response send(OkHttpRetry retry, Request request) throws IOException {
            return retry.newCall(request).execute();
        }
    },
    ENQUEUE {
        @Override
        Response send(OkHttpRetry retry, Request request) throws IOException {
            return await(retry.newCall(request));
        }
    },
    CLIENT {
        @Override
        Response send(OkHttpRetry retry, Request request) throws IOException {
            return await(retry.client().newCall(request));
        }
    };

    abstract Response send(OkHttpRetry retry, Request request) throws IOException;

    Call call(OkHttpRetry retry, Request request) {
        return this == CLIENT ? retry.client().newCall(request) : retry.newCall(request);
    }

    /** Starts a call on another thread, whose interrupt flag must be clear at the end. */
    CompletableFuture<Response> start(Call call) {
        return this == EXECUTE ? CompletableFuture.supplyAsync(() -> execute(call)) : enqueue(call);
    }

    private static Response execute(Call call) {
        Response response;
        try {
            response = call.execute();
        } catch (IOException failed) {
            requireNoInterrupt();
            throw new CompletionException(failed);
        }
        requireNoInterrupt();
        return response;
    }

    private static void requireNoInterrupt() {
        if (Thread.currentThread().isInterrupted()) {
            throw new AssertionError("interrupted");
        }
    }

    private static Response await(Call call) throws IOException {
        try {
            return enqueue(call).get(30, TimeUnit.SECONDS);
        } catch (Exception failed) {
            if (failed.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException(failed);
        }
    }

    static CompletableFuture<Response> enqueue(Call call) {
        CompletableFuture<Response> result = new CompletableFuture<>();
        call.enqueue(new Callback() {
            @Override
            public void onResponse(Call sent, Response response) {
                result.complete(response);
            }

            @Override
            public void onFailure(Call sent, IOException failure) {
                result.completeExceptionally(failure);
            }
        });
        return result;
    }
}
