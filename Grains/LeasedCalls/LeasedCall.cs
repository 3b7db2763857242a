using FlowGpt.Grains.Blame;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Turns;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.LeasedCalls;

/// <summary>
/// One upstream call whose answer comes as a whole: target by target and account by account, each attempt with a lease that is settled, until one succeeds
/// or no more may be tried. Chat, whose answer is streamed, has <c>TurnAttempts</c> over the same queue and the same rules.
/// </summary>
/// <param name="turn">The request, with its targets and what is reserved on its key.</param>
/// <param name="services">What calls on this silo share.</param>
/// <param name="send">Makes one attempt.</param>
/// <param name="usageOf">Tokens as the provider reports them; null when the provider does not.</param>
/// <param name="limitsOf">What the answer told of the account's limits; null when it told nothing.</param>
internal sealed class LeasedCall<T>(
    ActiveTurn turn,
    TurnServices services,
    Func<OpenPool, Target, UpstreamCredential, CancellationToken, Task<T>> send,
    Func<T, TokenUsage?> usageOf,
    Func<T, RateLimitReport?> limitsOf
)
    where T : class
{
    private UpstreamFailure? _lastFailure;
    private TimeSpan _waited;
    private int _attempts;
    private bool _isUncertain;

    /// <summary>The answer, or the error of the result. Throws nothing but defects.</summary>
    public async Task<(T? Answer, TurnResult Result)> RunAsync()
    {
        try
        {
            TurnError? error = null;
            for (var i = 0; i < turn.Targets.Length; i++)
            {
                var (answer, failed, goOn) = await TryTargetAsync(turn.Targets[i], isLast: i == turn.Targets.Length - 1);
                if (answer is not null)
                {
                    return (answer, Completed(answer));
                }

                error ??= failed;
                if (!goOn)
                {
                    break;
                }
            }

            // The first failure tells the client more than "and now no account is left".
            return (null, Failed(_lastFailure is { } failure ? RetryRules.ToError(failure) : error ?? NoPool()));
        }
        catch (OperationCanceledException) when (turn.Stopping.IsCancellationRequested)
        {
            return (null, Stopped());
        }
    }

    private async Task<(T? Answer, TurnError? Error, bool GoOn)> TryTargetAsync(Target target, bool isLast)
    {
        if (services.Pools.Find(target.Pool) is not { } pool)
        {
            return (null, NoPool(), true);
        }

        turn.Target = target;
        // A target that would have to be waited for is passed over while there is another.
        var accounts = new AccountQueue(turn, target.Pool, isLast ? services.Options.MaxQueueWait : TimeSpan.Zero, services);
        var tried = TriedAccounts.None;
        while (true)
        {
            var acquired = await accounts.AcquireAsync(null, tried, turn.PromptTokens, 0);
            if (acquired is not AcquireResult.Granted { Lease: var lease })
            {
                _waited += accounts.Waited;
                var rejected = (AcquireResult.Rejected)acquired;
                if (RetryRules.IsVerdict(rejected.Reason))
                {
                    _lastFailure = null;
                }

                return (null, RetryRules.ToError(rejected), rejected.Reason != RejectReason.Convicted);
            }

            turn.Serving = new ResponseServing(lease.Account, ++_attempts, _waited + accounts.Waited, lease.Headroom)
            {
                EarlierCalls = turn.CallsSoFar,
            };
            if (await AttemptAsync(pool, target, lease) is { } answer)
            {
                return (answer, null, false);
            }

            tried = tried.Add(lease, _lastFailure!);
            if (Faults.Of(_lastFailure!.Reason) is Fault.Request)
            {
                return (null, null, false);
            }

            if (!RetryRules.MayRetry(tried, services.Options.MaxAttempts))
            {
                return (null, null, true);
            }
        }
    }

    private async Task<T?> AttemptAsync(OpenPool pool, Target target, Lease lease)
    {
        var held = services.Leases.Hold(target.Pool, lease, AccountQueue.TurnOf(turn));
        if (services.Admission.IsCutOff)
        {
            turn.Stop(StopReason.Isolated);
        }

        if (turn.Stopping.IsCancellationRequested)
        {
            held.Settle(sent: false, actualTokens: null, failure: null);
            turn.Stopping.ThrowIfCancellationRequested();
        }

        await using var lost = held.Lost.UnsafeRegister(static state => ((ActiveTurn)state!).Stop(StopReason.LeaseLost), turn);
        try
        {
            var answer = await send(pool, target, lease.Credential, turn.Stopping);
            held.MarkAnswered(limitsOf(answer));
            turn.Calls.Add(lease.Account);
            services.Instruments.Succeeded(lease.Account);
            held.Settle(sent: true, UsageOf(answer).TotalTokens, failure: null);
            return answer;
        }
        catch (UpstreamException exception)
        {
            var failure = RetryRules.Read(exception.Failure, isContinued: false);
            services.Instruments.Failed(lease.Account, failure.Reason);
            if (exception.MayHaveBeenSent)
            {
                turn.Calls.Add(lease.Account);
                _isUncertain |= exception.Failure.StatusCode is null;
            }

            held.Settle(exception.MayHaveBeenSent, exception.MayHaveBeenSent ? turn.PromptTokens : null, failure, exception.RateLimits);
            _lastFailure = failure;
            return null;
        }
        catch
        {
            // Stopped, or a defect: the request may be on its way, so the account's windows keep the request.
            services.Instruments.Stopped(lease.Account);
            turn.Calls.Add(lease.Account);
            _isUncertain = true;
            held.Settle(sent: true, turn.PromptTokens, failure: null);
            throw;
        }
    }

    private TokenUsage UsageOf(T answer) => usageOf(answer) ?? new TokenUsage(turn.PromptTokens, 0, 0);

    private TurnResult Completed(T answer) =>
        new(
            ResponseStatus.Completed,
            FinishReason.Stop,
            Sent: true,
            Usage: UsageOf(answer),
            Calls: [.. turn.Calls],
            Estimated: _isUncertain
        );

    private TurnResult Failed(TurnError error) => Ended(new(ResponseStatus.Failed, Error: error));

    private TurnResult Ended(TurnResult result) =>
        result with
        {
            Sent = _isUncertain,
            Usage = new TokenUsage(turn.PromptTokens, 0, 0),
            Calls = [.. turn.Calls],
            Estimated = _isUncertain,
        };

    private TurnResult Stopped() =>
        turn.StopReason switch
        {
            StopReason.Caller or StopReason.Abandoned => Ended(new(ResponseStatus.Cancelled)),
            StopReason.Deadline when _lastFailure is { } failure => Failed(RetryRules.ToError(failure)),
            StopReason.Deadline => Failed(
                new(TurnErrorKind.UpstreamTimeout, $"The answer took longer than the {turn.Request.Timeout.TotalSeconds:0.#} s allowed.")
            ),
            _ => Failed(new(TurnErrorKind.Interrupted, "This server stopped the call. Please send the request again.")),
        };

    private TurnError NoPool() =>
        new(
            TurnErrorKind.NoUsableAccount,
            $"The model '{turn.Route.Id}' has no pool that this server knows. Ask the operator to check the model's targets."
        );
}
