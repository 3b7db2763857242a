using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Reservations;
using FlowGpt.Grains.Tokens;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Grains.Turns;

/// <summary>Makes further calls of one attempt, whose own reply has been read to its end: each on any account of the same pool, with its own lease.</summary>
/// <param name="turn">The turn.</param>
/// <param name="services">What turns share.</param>
/// <param name="target">The attempt's target.</param>
/// <param name="maximum">The most tokens of a reply that the upstream is told where tokens are limited; null for an upstream that takes no maximum.</param>
/// <param name="settleFirst">
/// Settles the attempt, so that a further call never waits for the turn's own place; gives the tokens that the attempt has used.
/// </param>
internal sealed class FurtherCalls(ActiveTurn turn, TurnServices services, Target target, int? maximum, Func<long> settleFirst)
    : IFurtherCalls
{
    /// <summary>A client waits meanwhile.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly List<string> _accounts = [];

    /// <summary>The account of each further call that may have been sent, in order.</summary>
    public IReadOnlyList<string> Accounts => _accounts;

    /// <summary>Tokens of all further calls.</summary>
    public (int Prompt, int Completion) Used { get; private set; }

    /// <inheritdoc/>
    public async Task<string?> AskAsync(IUpstream upstream, UpstreamCall call, CancellationToken cancellationToken)
    {
        var usedBefore = settleFirst() + Used.Prompt + Used.Completion;
        var promptTokens = services.Tokens.CountPrompt(call.Turn, call.Context.AsSpan());
        var wait = services.Options.MaxQueueWait < LongestWait ? services.Options.MaxQueueWait : LongestWait;
        var accounts = new AccountQueue(turn, target, wait, services, turn.Stopping);
        var acquired = await accounts.AcquireAsync(null, TriedAccounts.None, promptTokens, call.Sampling.MaxOutputTokens);
        return acquired is AcquireResult.Granted { Lease: var lease }
            ? await AskAsync(
                upstream,
                call with
                {
                    Credential = services.Leases.CredentialOf(lease),
                    Account = lease.Account,
                },
                lease,
                promptTokens,
                usedBefore,
                cancellationToken
            )
            : null;
    }

    private async Task<string?> AskAsync(
        IUpstream upstream,
        UpstreamCall call,
        Lease lease,
        int promptTokens,
        long usedBefore,
        CancellationToken cancellationToken
    )
    {
        var held = services.Leases.Hold(target.Pool, lease, AccountQueue.TurnOf(turn));
        var named = call.Sampling.MaxOutputTokens;
        var allowance = new ReplyAllowance(promptTokens, named, held, new LaterReservation(turn.KeyUse, usedBefore));
        var wanted = Math.Min(named ?? int.MaxValue, maximum ?? (int)ReplyBlock.Tokens);
        if (await allowance.ReserveAsync(wanted) is { } reserved)
        {
            if (allowance.Allowed < Math.Min(wanted, ReplyBlock.Least))
            {
                held.Settle(sent: false, actualTokens: null, failure: null);
                return null;
            }

            call = maximum is null ? call : call with { Sampling = call.Sampling with { MaxOutputTokens = (int)reserved } };
        }

        await using var lost = held.Lost.UnsafeRegister(static state => ((ActiveTurn)state!).Stop(StopReason.LeaseLost), turn);
        var log = new ResponseLog();
        try
        {
            await using var reply = await upstream.OpenAsync(call, cancellationToken);
            held.MarkAnswered();
            var isWhole = await ReadAsync(reply, log, allowance, cancellationToken);
            var usage = ToldUsage.Of(reply, log) ?? new TokenUsage(promptTokens, services.Tokens.Count(log.Bytes), 0);
            Settle(held.Lease.Account, usage.PromptTokens, usage.CompletionTokens);
            held.Settle(sent: true, usage.TotalTokens + reply.DroppedBytes, failure: null);
            services.Instruments.Succeeded(lease.Account);
            return isWhole ? TextOf(log) : null;
        }
        catch (UpstreamException exception)
        {
            var completion = services.Tokens.Count(log.Bytes);
            if (exception.MayHaveBeenSent)
            {
                Settle(lease.Account, promptTokens, completion);
            }

            services.Instruments.Failed(lease.Account, exception.Failure.Reason);
            held.Settle(exception.MayHaveBeenSent, exception.MayHaveBeenSent ? promptTokens + completion : null, exception.Failure);
            return null;
        }
        catch
        {
            Settle(lease.Account, promptTokens, services.Tokens.Count(log.Bytes));
            held.Settle(sent: true, promptTokens + services.Tokens.Count(log.Bytes), failure: null);
            throw;
        }
    }

    /// <summary>Reads a reply to its end; false when a token limit left no more for it.</summary>
    private async Task<bool> ReadAsync(IUpstreamReply reply, ResponseLog log, ReplyAllowance allowance, CancellationToken cancellationToken)
    {
        var read = 0;
        while (await reply.ReadAsync(log, cancellationToken))
        {
            if (!allowance.IsLimited)
            {
                continue;
            }

            var more = services.Tokens.Count(log.Bytes[read..]);
            read = log.Bytes.Length;
            if (!await allowance.ReceiveAsync(more) && (maximum is null || allowance.Excess > ReplyBlock.Tokens))
            {
                return false;
            }
        }

        return true;
    }

    private void Settle(string account, int prompt, int completion)
    {
        _accounts.Add(account);
        Used = (Used.Prompt + prompt, Used.Completion + completion);
    }

    private static string TextOf(ResponseLog log) =>
        string.Concat(log.ToItems().OfType<Interfaces.Items.MessageItem>().Select(static message => message.Text));
}
