using System.Buffers;
using System.Text;
using System.Threading.Channels;
using FlowGpt.Grains.Upstreams;

namespace FlowGpt.Tests.Cluster.ApiFrontend;

/// <summary>An upstream for all silos of a test: every call waits for the test to say what it replies.</summary>
internal sealed class ScriptedUpstream
{
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();

    /// <summary>What to do with a call; the default hands it to <see cref="NextCallAsync"/>.</summary>
    public Action<Call>? OnCall { get; set; }

    /// <summary>The next call that reached the upstream from any silo.</summary>
    public Task<Call> NextCallAsync() => _calls.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    /// <summary>Whether a call waits that the test has not taken.</summary>
    public bool HasCall => _calls.Reader.TryPeek(out _);

    /// <summary>The upstream as one silo has it.</summary>
    public IUpstream For(SiloAddress silo) => new OfSilo(this, silo);

    /// <summary>One call, from opening to its end.</summary>
    public sealed class Call(UpstreamRequest request, SiloAddress silo) : IUpstreamReply
    {
        private readonly Channel<string> _text = Channel.CreateUnbounded<string>();
        private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public UpstreamRequest Request => request;

        public SiloAddress Silo => silo;

        /// <summary>Ends when the gateway gives the call up.</summary>
        public Task Cancelled => _cancelled.Task;

        public string? UpstreamConversationId => null;

        public Call Says(string text)
        {
            _text.Writer.TryWrite(text);
            return this;
        }

        public void Ends() => _text.Writer.TryComplete();

        public async ValueTask<bool> ReadAsync(IBufferWriter<byte> destination, CancellationToken cancellationToken)
        {
            try
            {
                if (!await _text.Reader.WaitToReadAsync(cancellationToken))
                {
                    return false;
                }

                _text.Reader.TryRead(out var text);
                destination.Write(Encoding.UTF8.GetBytes(text!));
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
        public Task<IUpstreamReply> OpenAsync(UpstreamRequest request, CancellationToken cancellationToken)
        {
            var call = new Call(request, silo);
            if (upstream.OnCall is { } answer)
            {
                answer(call);
            }
            else
            {
                upstream._calls.Writer.TryWrite(call);
            }

            return Task.FromResult<IUpstreamReply>(call);
        }
    }
}
