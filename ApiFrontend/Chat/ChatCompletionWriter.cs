using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace FlowGpt.ApiFrontend.Chat;

/// <summary>Writes an unstreamed chat completion around text that is already escaped.</summary>
internal static class ChatCompletionWriter
{
    private static ReadOnlySpan<byte> ContentTail =>
        """
            ","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"
            """u8;

    /// <summary>Writes head, text and tail, and the content length; does not flush.</summary>
    public static void Write(HttpResponse response, ChatCompletion completion, ReadOnlySpan<byte> escapedText)
    {
        var head = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"id":"{{completion.ResponseId}}","object":"chat.completion","created":{{completion.CreatedAt.ToUnixTimeSeconds()}},{{completion
                .Model
                .JsonMembers}},"choices":[{"index":0,"message":{"role":"assistant","content":"
            """
        );
        using var tail = new PooledBytes();
        tail.Write(ContentTail);
        tail.Write(FinishReasons.ToUtf8(completion.Reason));
        tail.Write("\"}],\"usage\":"u8);
        UsageWriter.Write(tail, completion.Usage);
        tail.Write("}"u8);

        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = Encoding.UTF8.GetByteCount(head) + escapedText.Length + tail.Length;
        PipeWriter output = response.BodyWriter;
        Encoding.UTF8.GetBytes(head, output);
        output.Write(escapedText);
        output.Write(tail.Written.Span);
    }
}
