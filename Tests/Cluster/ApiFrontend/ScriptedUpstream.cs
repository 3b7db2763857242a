using System.Text;
using System.Threading.Channels;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Tests.Cluster.ApiFrontend;

/// <summary>An upstream for all silos of a test: every call waits for the test to say what it replies.</summary>
internal sealed class ScriptedUpstream
{
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();

    /// <summary>What to do with a call; the default hands it to <see cref="NextCallAsync"/>.</summary>
    public Action<Call>? OnCall { get; set; }

    /// <summary>The next call that any silo made.</summary>
    public Task<Call> NextCallAsync() => _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Whether a call waits that the test has not taken.</summary>
    public bool HasCall => _calls.Reader.TryPeek(out _);

    /// <summary>The upstream of one silo.</summary>
    public IUpstream For(SiloAddress silo) => new OfSilo(this, silo);

    /// <summary>One call, from opening to its end.</summary>
    public sealed class Call(UpstreamCall call, SiloAddress silo) : IUpstreamReply
    {
        private readonly Channel<string> _text = Channel.CreateUnbounded<string>();
        private bool _hasMessage;
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public UpstreamCall Opened => call;

        public SiloAddress Silo => silo;

        /// <summary>Completes when the gateway cancels the call.</summary>
        public Task Cancelled => _cancelled.Task;

        public FinishReason FinishReason => FinishReason.Stop;

        public Call Says(string text)
        {
            _text.Writer.TryWrite(text);
            return this;
        }

        public void Ends() => _text.Writer.TryComplete();

        public async ValueTask<bool> ReadAsync(ITurnEventSink events, CancellationToken cancellationToken)
        {
            try
            {
                var more = await _text.Reader.WaitToReadAsync(cancellationToken);
                if (!_hasMessage)
                {
                    _hasMessage = true;
                    events.Append(EventKind.MessageStarted, 0, []);
                }

                if (!more)
                {
                    events.Append(EventKind.ItemEnded, 0, []);
                    return false;
                }

                _text.Reader.TryRead(out var text);
                events.Append(EventKind.TextDelta, 0, Encoding.UTF8.GetBytes(text!));
                return true;
            }
            catch (OperationCanceledException)
            {
                _cancelled.TrySetResult();
                throw;
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class OfSilo(ScriptedUpstream upstream, SiloAddress silo) : IUpstream
    {
        public Task<IUpstreamReply> OpenAsync(UpstreamCall call, CancellationToken cancellationToken)
        {
            var reply = new Call(call, silo);
            if (upstream.OnCall is { } answer)
            {
                answer(reply);
            }
            else
            {
                upstream._calls.Writer.TryWrite(reply);
            }

            return Task.FromResult<IUpstreamReply>(reply);
        }
    }
}
