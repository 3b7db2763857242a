using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Ids of the items of a response: made of the response's id and the item's number, so that every showing of the response has the same ids.</summary>
internal static class ItemIds
{
    private const int IdBytes = 16;

    /// <summary>The id of an item.</summary>
    /// <param name="prefix">What ids of such items start with, such as <c>msg_</c>.</param>
    /// <param name="responseId">The response.</param>
    /// <param name="item">The item's number in the log.</param>
    public static string Of(string prefix, string responseId, int item)
    {
        var text = new byte[Encoding.UTF8.GetByteCount(responseId) + sizeof(int)];
        var length = Encoding.UTF8.GetBytes(responseId, text);
        BinaryPrimitives.WriteInt32BigEndian(text.AsSpan(length), item);
        return prefix + Convert.ToHexStringLower(SHA256.HashData(text).AsSpan(0, IdBytes));
    }
}
