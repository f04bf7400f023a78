package dev.respite.languages.fromscala

import dev.respite.{Breaker, BreakerPerAttempt, Retry}
import dev.respite.hedge.Hedge
import dev.respite.outcome.Attempt
import dev.respite.policy.RetryPolicy
import dev.respite.time.VirtualTime
import java.net.ConnectException
import java.time.Duration
import java.util.Optional
import java.util.concurrent.{Callable, CompletableFuture, CompletionStage}
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.{AfterEach, Test}

/** Every entry point of the core as Scala calls it: no type arguments, no casts. Each call fails once and is retried. */
class EntryPointsTest:

  private val time = VirtualTime()
  private val retry = Retry.of(RetryPolicy.parse("base-delay=1ms budget=off"), time)
  private val perAttempt = BreakerPerAttempt.of(retry, AlwaysClosed)
  private val hedge = Hedge.of(retry, Duration.ofMillis(10))
  private var attempts = 0

  private def fetch(): String =
    attempts += 1
    if attempts == 1 then throw ConnectException("refused")
    "value"

  private def fetchNumbered(attempt: Attempt): String = fetch() + " of attempt " + attempt.number()

  private def fetchAsync(): CompletionStage[String] = CompletableFuture.completedFuture(fetch())

  private def fetchNumberedAsync(attempt: Attempt): CompletionStage[String] =
    CompletableFuture.completedFuture(fetchNumbered(attempt))

  private def valueOf(call: CompletableFuture[String]): String =
    time.runAll()
    call.join()

  private def assertValue(value: String): Unit = assertThat(value).isEqualTo("value")

  private def assertNumbered(value: String): Unit = assertThat(value).isEqualTo("value of attempt 2")

  @AfterEach
  def everyCall_ofATest_madeTwoAttempts(): Unit =
    assertThat(attempts).isEqualTo(2)
    assertThat(retry.counts().attempts()).isEqualTo(2)

  @Test def call_ofALambda_infersItsValue(): Unit =
    val value = retry.call(() => fetch())
    assertValue(value)

  @Test def call_ofAMethod_infersItsValue(): Unit = assertValue(retry.call(() => fetch().trim))

  @Test def call_ofACallable_infersItsValue(): Unit =
    val callable: Callable[String] = () => fetch()
    assertValue(retry.call(callable))

  @Test def call_insideAGenericMethod_keepsItsType(): Unit =
    def resilient[T](work: => T): T = retry.call(() => work)
    val value = resilient(fetch())
    assertValue(value)

  @Test def run_ofALambda_needsNothing(): Unit = retry.run(() => fetch())

  @Test def callWithAttempt_ofALambda_seesItsAttempt(): Unit =
    assertNumbered(retry.callWithAttempt(attempt => fetchNumbered(attempt)))

  @Test def callInterruptibly_ofALambda_infersItsValue(): Unit = assertValue(retry.callWithInterrupt(() => fetch()))

  @Test def callAsync_ofALambda_infersItsValue(): Unit = assertValue(valueOf(retry.callAsync(() => fetchAsync())))

  @Test def callAsyncWithAttempt_ofALambda_seesItsAttempt(): Unit =
    assertNumbered(valueOf(retry.callAsyncWithAttempt(attempt => fetchNumberedAsync(attempt))))

  @Test def breakerPerAttempt_call_infersItsValue(): Unit = assertValue(perAttempt.call(() => fetch()))

  @Test def breakerPerAttempt_run_needsNothing(): Unit = perAttempt.run(() => fetch())

  @Test def breakerPerAttempt_callWithAttempt_seesItsAttempt(): Unit =
    assertNumbered(perAttempt.callWithAttempt(attempt => fetchNumbered(attempt)))

  @Test def breakerPerAttempt_callAsync_infersItsValue(): Unit =
    assertValue(valueOf(perAttempt.callAsync(() => fetchAsync())))

  @Test def breakerPerAttempt_callAsyncWithAttempt_seesItsAttempt(): Unit =
    assertNumbered(valueOf(perAttempt.callAsyncWithAttempt(attempt => fetchNumberedAsync(attempt))))

  @Test def callIdempotent_ofALambda_infersItsValue(): Unit =
    assertValue(valueOf(hedge.callIdempotent(() => fetchAsync())))

  @Test def callIdempotentWithAttempt_ofALambda_seesItsAttempt(): Unit =
    assertNumbered(valueOf(hedge.callIdempotentWithAttempt(attempt => fetchNumberedAsync(attempt))))

  @Test def configuration_ofLambdas_needsNothing(): Unit =
    var events = List.empty[String]
    val configured = retry
      .withListener(event => events = event.name() :: events)
      .withContext(task => () => task.run())
    assertValue(configured.call(() => fetch()))
    assertThat(events.contains("retry")).isTrue()

/** A breaker that lets everything pass. */
object AlwaysClosed extends Breaker:
  override def acquire(): Long = 0
  override def succeeded(entered: Long, value: Object): Unit = ()
  override def failed(entered: Long, error: Throwable): Unit = ()
  override def release(): Unit = ()
  override def isRejection(failure: Throwable): Boolean = false
  override def remainingOpenTime(): Optional[Duration] = Optional.of(Duration.ZERO)
