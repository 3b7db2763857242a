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
/// <param name="limitsOf">What the answer says of the account's limits; null when it says nothing.</param>
internal sealed class LeasedCall<T>(
    ActiveTurn turn,
    TurnServices services,
    Func<OpenPool, Target, UpstreamCredential, CancellationToken, Task<T>> send,
    Func<T, TokenUsage?> usageOf,
    Func<T, RateLimitReport?> limitsOf
) : ITurnAttempt
    where T : class
{
    private T? _answer;
    private bool _isUncertain;

    /// <summary>The answer, or the error of the result. Throws nothing but defects.</summary>
    public async Task<(T? Answer, TurnResult Result)> RunAsync()
    {
        var targets = new TurnTargets(turn, maxReplyTokens: 0, services, this);
        try
        {
            return await targets.RunAsync() is { } error ? (null, Failed(error)) : (_answer, Completed(_answer!));
        }
        catch (OperationCanceledException) when (turn.Stopping.IsCancellationRequested)
        {
            return (null, Stopped(targets.LastFailure));
        }
    }

    string? ITurnAttempt.PreferredAccount(Target target) => null;

    async Task<AttemptEnd> ITurnAttempt.RunAsync(OpenPool pool, Target target, Lease lease)
    {
        (_answer, var failure) = await AttemptAsync(pool, target, lease);
        return failure is null ? default : new AttemptEnd(failure, IsFinal: Faults.Of(failure.Reason) is Fault.Request);
    }

    private async Task<(T? Answer, UpstreamFailure? Failure)> AttemptAsync(OpenPool pool, Target target, Lease lease)
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
            var answer = await send(pool, target, services.Leases.CredentialOf(lease), turn.Stopping);
            held.MarkAnswered(limitsOf(answer));
            turn.Calls.Add(lease.Account);
            services.Instruments.Succeeded(lease.Account);
            held.Settle(sent: true, UsageOf(answer).TotalTokens, failure: null);
            return (answer, null);
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
            return (null, failure);
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

    private TurnResult Stopped(UpstreamFailure? lastFailure) =>
        turn.StopReason switch
        {
            StopReason.Caller or StopReason.Abandoned => Ended(new(ResponseStatus.Cancelled)),
            StopReason.Deadline when lastFailure is { } failure => Failed(RetryRules.ToError(failure)),
            StopReason.Deadline => Failed(
                new(TurnErrorKind.UpstreamTimeout, $"The answer took longer than the {turn.Request.Timeout.TotalSeconds:0.#} s allowed.")
            ),
            _ => Failed(new(TurnErrorKind.Interrupted, "This server stopped the call. Please send the request again.")),
        };
}
