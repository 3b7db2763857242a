using System.Threading.Channels;
using FlowGpt.Grains.Interfaces.Conversations;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Tests.Unit.ApiFrontend.Hosting;

/// <summary>A conversation, or a host of turns, that gives a test's answers in order; without a further answer a read waits as in the product.</summary>
internal sealed partial class ScriptedConversation : ITurnHostGrain, IConversationGrain
{
    public static readonly DateTimeOffset CreatedAt = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private readonly Channel<object> _script = Channel.CreateUnbounded<object>();
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();
    private readonly Channel<string> _kept = Channel.CreateUnbounded<string>();
    private readonly TaskCompletionSource<string> _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TurnRequest> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TimeProvider _time;
    private int _sequence;
    private bool _unreachable;

    public ScriptedConversation(string key, TimeProvider time)
    {
        Key = key;
        _time = time;
    }

    public string Key { get; }

    public Guid Epoch { get; set; } = new("00000000-0000-0000-0000-00000000e90c");

    public ResponseServing? Serving { get; set; }

    public TokenUsage Usage { get; set; } = new(7, 3, 2);

    public List<TurnRequest> Starts { get; } = [];

    /// <summary>Answers or, by throwing, fails a start; the default accepts.</summary>
    public Func<TurnRequest, StartResult> OnStart { get; set; } = turn => new StartResult.Accepted(turn.ResponseId, CreatedAt, 7);

    /// <summary>Answers a start asynchronously; where not set, <see cref="OnStart"/> answers at once.</summary>
    public Func<TurnRequest, ValueTask<StartResult>>? OnStartLater { get; set; }

    /// <summary>The response id of the first cancellation.</summary>
    public Task<string> Cancelled => _cancelled.Task;

    public Task<TurnRequest> Started => _started.Task;

    /// <summary>Response ids of the calls that say that a reader is there.</summary>
    public ChannelReader<string> Kept => _kept.Reader;

    /// <summary>How long each read without events is going to wait; written when the wait begins.</summary>
    public ChannelReader<TimeSpan> Waits => _waits.Reader;

    public ScriptedConversation Says(string text) => Tells(Slice(ResponseStatus.Running, text, null));

    /// <summary>One slice with these events.</summary>
    public ScriptedConversation Gives(EventLog events) => Tells(Slice(ResponseStatus.Running, events.All, null));

    /// <summary>The last slice.</summary>
    public ScriptedConversation Ends(FinishReason reason, EventLog? events = null) =>
        Tells(Slice(ResponseStatus.Completed, events?.All ?? ResponseEvents.None, new ResponseOutcome(reason, Usage, null)));

    public ScriptedConversation Completes(string text = "", FinishReason reason = FinishReason.Stop) =>
        Tells(Slice(ResponseStatus.Completed, text, new ResponseOutcome(reason, Usage, null)));

    public ScriptedConversation Fails(TurnErrorKind kind, string text = "", TimeSpan? retryAfter = null, string? param = null) =>
        Tells(
            Slice(
                ResponseStatus.Failed,
                text,
                new ResponseOutcome(null, Usage, new TurnError(kind, $"What happened: {kind}.", param, retryAfter))
            )
        );

    public ScriptedConversation IsUnknown() => Tells(Slice(ResponseStatus.Unknown, "", null));

    /// <summary>After the scripted answers, no call is answered any more.</summary>
    public ScriptedConversation IsUnreachable()
    {
        _unreachable = true;
        return this;
    }

    /// <summary>The next read gets this answer.</summary>
    public ScriptedConversation AnswersBy(Task<ResponseSlice> later) => Tells(later);

    public ScriptedConversation Throws(Exception exception) => Tells(exception);

    public ValueTask<StartResult> Start(TurnRequest turn)
    {
        Starts.Add(turn);
        var result = OnStartLater is { } later ? later(turn) : ValueTask.FromResult(OnStart(turn));
        _started.TrySetResult(turn);
        return result;
    }

    public async ValueTask<ResponseSlice> Read(string responseId, int fromSequence, TimeSpan maxWait, CancellationToken cancellationToken)
    {
        if (_script.Reader.TryRead(out var ready))
        {
            if (ready is Task<ResponseSlice> later)
            {
                _waits.Writer.TryWrite(maxWait);
                return await later;
            }

            return Give(ready);
        }

        if (_unreachable)
        {
            throw new SiloUnavailableException();
        }

        using var limit = new CancellationTokenSource(maxWait, _time);
        _waits.Writer.TryWrite(maxWait);
        try
        {
            return Give(await _script.Reader.ReadAsync(limit.Token));
        }
        catch (OperationCanceledException)
        {
            return Slice(ResponseStatus.Running, "", null);
        }
    }

    public ValueTask Cancel(string responseId)
    {
        _cancelled.TrySetResult(responseId);
        Tells(Slice(ResponseStatus.Cancelled, "", new ResponseOutcome(null, Usage, null)));
        return ValueTask.CompletedTask;
    }

    public ValueTask Leave(string responseId) => Cancel(responseId);

    public ValueTask Keep(string responseId)
    {
        _kept.Writer.TryWrite(responseId);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> FinishPending() => ValueTask.FromResult(true);

    private static ResponseSlice Give(object step) => step is Exception exception ? throw exception : (ResponseSlice)step;

    private ScriptedConversation Tells(object step)
    {
        _script.Writer.TryWrite(step);
        return this;
    }

    private ResponseSlice Slice(ResponseStatus status, string text, ResponseOutcome? outcome) =>
        Slice(status, text.Length == 0 ? ResponseEvents.None : new EventLog().Text(0, text).All, outcome);

    private ResponseSlice Slice(ResponseStatus status, ResponseEvents events, ResponseOutcome? outcome) =>
        new(Epoch, ++_sequence, events, status, outcome, Serving);
}
